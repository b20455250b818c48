import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { JsonReport } from "../support/ctfleet.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { onTerminal } from "../support/terminal.ts";

const execute = promisify(execFile);

let sshd: Sshd;
let inventory: string;
let gate: string;

// Every login waits at the gate until the test opens it, and only then runs what it was sent.
beforeAll(async () => {
  sshd = await startSshd({ count: 3, options: { ForceCommand: "sh -c '. /etc/gate; exec /bin/sh -s'" } });
  inventory = join(sshd.folder, "inventory.yaml");
  gate = join(sshd.folder, "gate");
  const hosts = sshd.hosts.map(
    ({ address, port }, at) => `h${at}: { ansible_host: ${address}, ansible_port: ${port} }`,
  );
  await writeFile(inventory, `all: { vars: { ansible_user: root }, hosts: { ${hosts.join(", ")} } }\n`);
  for (const host of sshd.hosts) await host.writeFile("/etc/gate", `: >${gate}.waits; read -r _ <${gate}\n`);
});
afterAll(() => sshd.stop());
beforeEach(async () => {
  await execute("sh", ["-c", `rm -f ${gate} ${gate}.waits; mkfifo ${gate}`]);
});

it.each([
  ["Ctrl-C", 130, (terminal: ReturnType<typeof onTerminal>) => terminal.type("\x03")],
  ["SIGTERM", 143, (terminal: ReturnType<typeof onTerminal>) => terminal.signal("SIGTERM")],
  ["SIGHUP", 129, (terminal: ReturnType<typeof onTerminal>) => terminal.signal("SIGHUP")],
])("%s half way is exit %i; the host under way is finished, and each is in the report once", async (_, code, stop) => {
  const report = join(sshd.folder, "report.json");
  const reach = ["-i", inventory, "--known-hosts", sshd.knownHostsFile, "--private-key", sshd.clientKey];
  const terminal = onTerminal(["ping", ...reach, "-f", "1", "--output", "json"], { stdout: report });
  await expect.poll(() => readFile(`${gate}.waits`, "utf8").catch(() => "nobody"), { timeout: 10_000 }).toBe("");
  stop(terminal);
  await terminal.sees("stopping: ");
  await writeFile(gate, "open\n");
  expect((await terminal.ended).exit).toBe(code);
  const { exit, hosts } = JSON.parse(await readFile(report, "utf8")) as JsonReport;
  expect({ exit, hosts: hosts.map(({ name, outcome }) => [name, outcome]) }).toEqual({
    exit: code,
    hosts: [
      ["h0", "compliant"],
      ["h1", "not_attempted"],
      ["h2", "not_attempted"],
    ],
  });
});

it("a second Ctrl-C ends it at once", async () => {
  const reach = ["-i", inventory, "--known-hosts", sshd.knownHostsFile, "--private-key", sshd.clientKey];
  const terminal = onTerminal(["ping", ...reach, "-f", "1"]);
  await expect.poll(() => readFile(`${gate}.waits`, "utf8").catch(() => "nobody"), { timeout: 10_000 }).toBe("");
  terminal.type("\x03");
  await terminal.sees("stopping: ");
  terminal.type("\x03");
  expect((await terminal.ended).exit).toBe(130);
});
