import { readFile } from "node:fs/promises";
import { Client } from "ssh2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ignoreHostKeyOffers } from "../../src/ssh/host-key-offers.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
});
afterAll(() => sshd.stop());

/** Does the library verify the host's other keys before a command has ended? */
const verifies = async (prepare: (client: Client) => void): Promise<boolean> => {
  const [host] = sshd.hosts;
  const privateKey = await readFile(sshd.clientKey);
  const client = new Client();
  let verified = false;
  client.on("hostkeys", () => {
    verified = true;
  });
  client.connect({ host: host!.address, port: host!.port, username: "root", privateKey });
  prepare(client);
  await new Promise((resolve, reject) => client.once("ready", () => resolve(undefined)).once("error", reject));
  await new Promise<void>((resolve, reject) =>
    client.exec("sleep 0.5", (error, channel) => {
      if (error) reject(error);
      else channel.once("close", () => resolve()).resume();
    }),
  );
  client.end();
  return verified;
};

it("the keys that OpenSSH offers after the login are not verified, which the library does by itself", async () => {
  expect(await verifies(() => undefined)).toBe(true);
  expect(await verifies(ignoreHostKeyOffers)).toBe(false);
});
