import { systemClock } from "../../../src/remote/clock.ts";
import { connectOpenssh } from "../../../src/ssh/openssh/connect.ts";
import { openOpensshFolder } from "../../../src/ssh/openssh/folder.ts";

/** A controller to be killed: connects as its argument says, says so, runs a script and stays. */
type Given = {
  readonly words: readonly string[];
  readonly address: string;
  readonly hostKeys: { readonly file: string; readonly acceptNew: boolean };
  readonly stdin: string;
};

const { words, stdin, ...given } = JSON.parse(process.argv[2] ?? "") as Given;
const folder = openOpensshFolder({ environment: process.env, clock: systemClock, linger: 3 });
const result = await connectOpenssh({
  ...{ ...given, arguments: words, folder, clock: systemClock, password: undefined, passphrase: undefined },
  ...{ keepAlive: { interval: 15_000, countMax: 3 }, timeouts: { connect: 5000, login: 10_000 } },
});
if (result.kind === "failed") throw new Error(result.failure.detail);
const running = result.remote.exec({
  ...{ command: ["/bin/sh", "-s"], stdin: `echo begun; ${stdin}`, within: 60_000, changes: false },
  caps: { stdout: 1000, stderr: 1000 },
});
if (stdin === "") await running;
process.stdout.write("connected\n");
setInterval(() => undefined, 1000);
