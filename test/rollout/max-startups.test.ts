import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { knownIn, optionsFor } from "../ssh/login.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { pingAll } from "./reach.ts";

let sshd: Sshd;
afterEach(() => sshd.stop());

/** One sshd that answers at 127.1.1.1, 127.1.1.2 and so on: as many hosts as one likes. */
const manyBehindOne = async (count: number, maxStartups: string): Promise<readonly ConnectOptions[]> => {
  sshd = await startSshd({ count: 1, options: { ListenAddress: "0.0.0.0", MaxStartups: maxStartups } });
  const [server] = sshd.hosts;
  const addresses = Array.from({ length: count }, (_, at) => `127.1.${1 + Math.floor(at / 250)}.${1 + (at % 250)}`);
  const [line] = (await readFile(sshd.knownHostsFile, "utf8")).split("\n");
  const known = join(sshd.folder, "many");
  await writeFile(known, addresses.map((address) => `${line!.replace(server!.address, address)}\n`).join(""));
  const hostKeys = await knownIn([known]);
  const way = await optionsFor(sshd);
  // Not root: what its shell start-up files do at each login may be anything on this machine.
  const timeouts = { connect: 10_000, login: 30_000 };
  return addresses.map((address) => ({ ...way, address, hostKeys, timeouts, user: "deploy" }));
};

const refusals = () => sshd.hosts[0]!.log().match(/^drop connection/gm)?.length ?? 0;

describe("hosts behind one real sshd that limits logins", () => {
  it("300 with MaxStartups 10:30:60 all succeed, however often they are turned away", {
    timeout: 240_000,
  }, async () => {
    const { codes, retries } = await pingAll(await manyBehindOne(300, "10:30:60"));
    expect(codes).toEqual(Array(300).fill("reached"));
    expect(retries).toBeLessThan(600);
  });

  it("60 with MaxStartups 2:50:4 all succeed", { timeout: 120_000 }, async () => {
    const { codes, retries } = await pingAll(await manyBehindOne(60, "2:50:4"));
    expect(codes).toEqual(Array(60).fill("reached"));
    // sshd did turn some away, or this would show nothing.
    expect(refusals()).toBeGreaterThan(0);
    expect(retries).toBeGreaterThanOrEqual(1);
  });

  describe("through a bastion", () => {
    let bastion: Sshd;
    afterEach(() => bastion.stop());
    const startBastion = async (maxStartups: string): Promise<ConnectOptions> => {
      bastion = await startSshd({ count: 1, options: { MaxStartups: maxStartups, ListenAddress: "127.1.0.2" } });
      const known = await readFile(bastion.knownHostsFile, "utf8");
      await writeFile(bastion.knownHostsFile, known.replace("127.1.0.1", "127.1.0.2"));
      const hostKeys = await knownIn([bastion.knownHostsFile]);
      return { ...(await optionsFor(bastion)), address: "127.1.0.2", hostKeys, user: "deploy" };
    };

    it("with MaxStartups 2:50:4, 40 all succeed over the one connection that they share", async () => {
      const ways = await manyBehindOne(40, "100:30:200");
      const hop = await startBastion("2:50:4");
      const { codes } = await pingAll(ways.map((way) => ({ ...way, via: { kind: "jump", hops: [hop] } })));
      expect(codes).toEqual(Array(40).fill("reached"));
      expect(bastion.hosts[0]!.log().match(/Accepted publickey/g)).toHaveLength(1);
    });

    it("with MaxStartups 4:50:8, 40 all succeed, each over an ssh of its own as its ProxyCommand", async () => {
      const ways = await manyBehindOne(40, "100:30:200");
      const { address, port } = await startBastion("4:50:8");
      const options = `-F none -o BatchMode=yes -o UserKnownHostsFile=${bastion.knownHostsFile} -i ${bastion.clientKey}`;
      const command = (to: ConnectOptions) => `ssh ${options} -p ${port} -W ${to.address}:${to.port} deploy@${address}`;
      const { codes } = await pingAll(ways.map((way) => ({ ...way, via: { kind: "command", command: command(way) } })));
      expect(codes).toEqual(Array(40).fill("reached"));
      expect(bastion.hosts[0]!.log()).toMatch(/^drop connection/m);
    });
  });
});
