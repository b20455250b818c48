import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshOption } from "../src/model/host.ts";
import { readSshConfig } from "../src/ssh/config/read.ts";
import { resolveHost } from "../src/ssh/config/resolve.ts";
import { median } from "./cost.ts";

// What it costs to find the settings of each of 10,000 hosts in an ssh_config of 200 blocks. 1 ms of CPU per host is the
// measure: a connection costs several.

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const hosts = 10_000;
const blocks = 200;

const kinds: readonly ((at: number) => string)[] = [
  (at) => `Host web${at}-* *.dc${at}.example.net !web${at}-9\n  User u${at}\n  ProxyJump gw${at}.example.net\n`,
  (at) => `Host db${at} db${at}.example.net db?${at}*\n  HostName 10.0.0.${at}\n  IdentityFile ~/.ssh/id_%r_${at}\n`,
  (at) => `Match host *.site${at}.example.net user deploy\n  Port ${2000 + at}\n`,
  (at) => `Host lb${at}\n  HostName lb.example.net\n  StrictHostKeyChecking accept-new\n  ServerAliveInterval 30\n`,
];
const own = Array.from({ length: blocks }, (_, at) => kinds[at % kinds.length]?.(at)).join("");
const forAll = "Host *\n  UserKnownHostsFile ~/.ssh/known/%h\n  ConnectTimeout 20\n";
/** As distributions have it, which makes ssh go through everything twice. */
const policy =
  "Match final all\n  Ciphers aes256-gcm@openssh.com,aes128-ctr\n  KexAlgorithms -diffie-*\n  RequiredRSASize 2048\n";
const options: readonly SshOption[] = [
  { keyword: "connecttimeout", value: "5" },
  { keyword: "stricthostkeychecking", value: "no" },
  { keyword: "proxycommand", value: "ssh -W %h:%p gw" },
];

const folder = await mkdtemp(join(tmpdir(), "ctfleet-bench-"));
try {
  const read = async (text: string) => {
    const given = join(folder, "config");
    await writeFile(given, text);
    const config = await readSshConfig({ userFile: "/nowhere/config", systemFile: "/nowhere/ssh_config", given });
    if (config.kind === "problems") throw new Error(JSON.stringify(config.problems));
    return config.value;
  };
  const local = { localUser: "root", localUid: 0, home: "/root", localHostname: "here", env: {} };
  /** Microseconds of CPU per host. */
  const perHost = async (text: string, given: readonly SshOption[]) => {
    const config = await read(text);
    const all: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const from = process.cpuUsage();
      for (let at = 0; at < hosts; at++) {
        const host = at % 2 === 0 ? `web${at % blocks}-${at}` : `n${at}.dc${at % blocks}.example.net`;
        resolveHost(config, { ...local, host, user: "deploy", port: undefined, options: given });
      }
      const { user, system } = process.cpuUsage(from);
      all.push((user + system) / hosts);
    }
    return median(all);
  };
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const row = (what: string, micros: number) =>
    say(`| ${what} | ${micros.toFixed(1)} us | ${(micros / 10).toFixed(1)} % |`);

  say(`${rounds} rounds, medians; node ${process.version}; ${hosts} hosts, ssh_config of ${blocks} blocks`);
  say("");
  say("| settings of one host | controller CPU | share of 1 ms |");
  say("|---|---|---|");
  row("from the file", await perHost(own + forAll, []));
  row("from the file and three ssh arguments", await perHost(own + forAll, options));
  row("from the file, with Match final and algorithms", await perHost(own + forAll + policy, []));
} finally {
  await rm(folder, { recursive: true });
}
