import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { startSshd } from "./sshd.ts";

const execute = promisify(execFile);

it("starts hosts that have files of their own, and leaves nothing behind", async () => {
  const sshd = await startSshd({ count: 2 });
  const [one, two] = [sshd.hosts[0]!, sshd.hosts[1]!];
  await one.writeFile("/etc/sysctl.d/90-test.conf", "vm.swappiness = 1\n", 0o600);
  expect(await one.run("stat -c %a /etc/sysctl.d/90-test.conf")).toBe("600\n");
  expect(await one.readFile("/etc/sysctl.d/90-test.conf")).toBe("vm.swappiness = 1\n");
  expect(await two.run("ls /etc/sysctl.d")).not.toContain("90-test.conf");
  expect(existsSync("/etc/sysctl.d/90-test.conf")).toBe(false);
  await sshd.stop();
  expect(existsSync(`/proc/${one.pid}`)).toBe(false);
  expect(existsSync(sshd.folder)).toBe(false);
});

it.each([
  ["root", "/bin/bash"],
  ["deploy", "/bin/sh"],
  ["fisher", "/usr/bin/fish"],
  ["tess", "/bin/tcsh"],
])("lets plain ssh log in as %s and become root", async (user, shell) => {
  const sshd = await startSshd({ count: 1 });
  const { address, port } = sshd.hosts[0]!;
  const options = [
    "-F",
    "none",
    "-o",
    `UserKnownHostsFile=${sshd.knownHostsFile}`,
    "-i",
    sshd.clientKey,
    "-p",
    String(port),
  ];
  const { stdout } = await execute("ssh", [...options, `${user}@${address}`, "sudo -n id -un; echo $SHELL"]);
  expect(stdout).toBe(`root\n${shell}\n`);
  await sshd.stop();
});
