import { readFile } from "node:fs/promises";
import pLimit from "p-limit";
import { Client } from "ssh2";

/** What the program reads from the file that its one argument names. */
export type BareJob = {
  readonly targets: readonly { readonly host: string; readonly port: number }[];
  readonly keyFile: string;
  readonly forks: number;
  readonly script: string;
};

// The least that can be done with this library: connect to every host, send the script to `/bin/sh -s`, gather what it
// prints, close. No host key is verified and nothing is parsed. It is the measure for ctfleet's own cost.

const runBare = (target: { host: string; port: number; privateKey: Buffer }, script: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const client = new Client();
    const chunks: Buffer[] = [];
    client.on("error", reject).connect({ ...target, username: "root" });
    client.on("ready", () =>
      client.exec("/bin/sh -s", (error, channel) => {
        if (error) {
          reject(error);
          return;
        }
        channel.on("data", (chunk: Buffer) => chunks.push(chunk));
        channel.stderr.resume();
        channel.on("close", (status: number) => {
          client.end();
          if (status === 0) resolve(Buffer.concat(chunks));
          else reject(new Error(`${target.host}: exit status ${status}`));
        });
        channel.end(script);
      }),
    );
  });

const job = JSON.parse(await readFile(process.argv[2] ?? "", "utf8")) as BareJob;
const privateKey = await readFile(job.keyFile);
const limit = pLimit(job.forks);
await Promise.all(job.targets.map((target) => limit(() => runBare({ ...target, privateKey }, job.script))));
