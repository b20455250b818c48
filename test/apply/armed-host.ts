import type { ConfirmRequest } from "../../src/apply/arm-calls.ts";
import { buildConfirm } from "../../src/apply/build-confirm.ts";
import { buildReboot } from "../../src/apply/build-reboot.ts";
import { buildRevert } from "../../src/apply/build-revert.ts";
import { parseConfirm } from "../../src/apply/parse-confirm.ts";
import { parseReboot } from "../../src/apply/parse-reboot.ts";
import { parseRevert } from "../../src/apply/parse-revert.ts";
import type { BootId, RunId } from "../../src/model/brand.ts";
import * as host from "./private-root.ts";
import { hashsizeFile, maxFile, maxKey, modprobeConf, set, setHashsize, sysctlConf, write } from "./private-root.ts";

export const key = (name: string): string => `net.netfilter.nf_conntrack_${name}`;
export const file = (name: string): string => `/proc/sys/net/netfilter/nf_conntrack_${name}`;
export const store = "/var/lib/ctfleet";
export const own = `${store}/${host.run()}/1`;
export const boot = "11111111-2222-4333-8444-555555555555";
export const nextBoot = boot.replace("1", "2");
export const token = "fedcba9876543210fedcba9876543210";
export const confirm: ConfirmRequest = { token, seconds: 120, afterReboot: undefined };

/** A host with systemd: what is asked of it is noted in /asked, and the test plays its timer and its units. */
export const armedHost = (more: Readonly<Record<string, string>> = {}, shell: readonly string[] = ["dash", "-s"]) => {
  const found = host.privateRoot({
    [maxFile]: "65536\n",
    [hashsizeFile]: "16384\n",
    [file("count")]: "100\n",
    [file("generic_timeout")]: "600\n",
    [sysctlConf]: "old\n",
    "/proc/sys/kernel/random/boot_id": `${boot}\n`,
    "/proc/uptime": "5000.10 1.00\n",
    "/run/systemd/system/x": "",
    "/etc/systemd/system/x": "",
    "/asked": "",
    ...more,
  });
  for (const name of ["systemd-run", "systemctl"])
    found.put(`/bin/${name}`, `#!/bin/sh\necho ${name} "$*" >>"$root/asked"\n[ ! -e "$root/no-${name}" ]\n`, 0o755);
  const { root } = found;
  const path = `${root}/bin:${process.env["PATH"] ?? ""}`;
  const env = { ...process.env, root, PATH: path };
  const send = (script: string) => host.output(host.feed(shell, script, env));
  return {
    ...found,
    path,
    shell,
    /** The script that stands there, as its timer or unit runs it. */
    stand: async (mode: string, part = own): Promise<string> =>
      String(await host.output(host.feed([...shell.slice(0, -1), `${root}${part}/revert.sh`, mode], "", env))),
    confirm: async (words: { readonly token?: string; readonly run?: RunId } = {}) => {
      const request = { nonce: host.nonce, run: host.run(), root, token, ...words };
      return parseConfirm(await send(buildConfirm(request)), host.nonce);
    },
    revert: async (what: "pending" | "all", run = host.run()) => {
      const request = { nonce: host.nonce, run, root, owner: "root@controller", what };
      return parseRevert(await send(buildRevert(request)), host.nonce);
    },
    confirmScript: buildConfirm({ nonce: host.nonce, run: host.run(), root, token }),
    reboot: async () =>
      parseReboot(
        await send(buildReboot({ nonce: host.nonce, run: host.run(), root, from: boot as BootId })),
        host.nonce,
      ),
    /** Another boot, by so many seconds of it. */
    goDown: (seconds = 5): void => {
      found.put("/proc/sys/kernel/random/boot_id", `${nextBoot}\n`);
      found.put("/proc/uptime", `${seconds}.00 1.00\n`);
    },
    /** Max, hash size and a timeout. */
    values: (): readonly string[] =>
      [maxFile, hashsizeFile, file("generic_timeout")].map((name) => found.read(name).trim()),
  };
};

export const oldValues = ["65536", "16384", "600"];
export const newValues = ["262144", "65536", "60"];

/** Two files and three values. */
export const change = (files: Pick<host.Host, "basis">) =>
  [
    write(sysctlConf, "new\n", { from: files.basis(sysctlConf) }),
    write(modprobeConf, "new\n", { from: { kind: "absent" } }),
    setHashsize(65536, 16384),
    set(maxKey, "262144", "65536"),
    set(key("generic_timeout"), "60", "600"),
  ] as const;

/** A change that waits for its confirmation. */
export const changed = async (
  more: Readonly<Record<string, string>> = {},
  options: { readonly shell?: readonly string[]; readonly afterReboot?: number } = {},
) => {
  const one = armedHost(more, options.shell);
  const { result } = await host.apply({
    root: one.root,
    path: one.path,
    shell: one.shell,
    actions: change(one),
    confirm: { ...confirm, afterReboot: options.afterReboot },
  });
  return { ...one, result };
};
