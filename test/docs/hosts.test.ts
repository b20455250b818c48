import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  apply,
  hashsizeFile,
  maxFile,
  maxKey,
  modprobeConf,
  privateRoot,
  remove,
  run,
  set,
  setHashsize,
  write,
} from "../apply/private-root.ts";

const guide = readFileSync("docs/hosts.md", "utf8");

/** Code of every script in a folder, without comments and arithmetic. */
const scripts = (folder: string): string =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".sh"))
    .map((name) => readFileSync(`${folder}/${name}`, "utf8").replaceAll(/(^|\s)#.*$|\$\(\(.*?\)\)/gm, "$1"))
    // Lists of names, and what a `case` compares with, run nothing.
    .map((text) => text.replaceAll(/='[^']*\n[^']*'|'[^'\n]*\|[^'\n]*'/g, "=").replaceAll(/^\s*[\w.*?| -]+\)/gm, ""))
    .join("\n");

/** The programs of the table that follows a heading. */
const listed = (heading: string): readonly string[] => {
  const section = guide.split(/^## /m).find((text) => text.startsWith(heading)) ?? "";
  const [, table = ""] = section.split("| program | for |");
  const rows = table.split("\n\n")[0]!.split("\n");
  return rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
};

const installed = new Set(["/bin", "/sbin", "/usr/bin", "/usr/sbin"].flatMap((folder) => readdirSync(folder)));
const ofTheShell = new Set(["printf", "test", "[", "echo", "true", "false", "command", "read", "cd", "set", "env"]);
const place = /(?:^|[;|&(!]|(?<!\$)\{|\$\(|\b(?:then|else|do|if|until|while)|\brun_on "[^"]*")/;
const command = new RegExp(`${place.source}[^\\S\\n]*([a-z][\\w.-]*)(?![\\w.=-]|\\(\\))`, "gm");

/** Words that stand where a command does, are programs of this machine, and are not functions of the scripts. */
const programsIn = (text: string): readonly string[] => {
  const functions = new Set([...text.matchAll(/^(\w+)\(\)/gm)].map(([, name]) => name));
  const words = new Set([...text.matchAll(command)].map(([, word = ""]) => word));
  return [...words].filter((word) => installed.has(word) && !ofTheShell.has(word) && !functions.has(word));
};

describe("docs/hosts.md", () => {
  it.each([
    ["The probe", "src/facts"],
    ["The apply script", "src/apply"],
  ])("%s: names the programs that the scripts in %s run, and no others", (heading, folder) => {
    const text = scripts(folder);
    expect(programsIn(text).filter((name) => !listed(heading).includes(name))).toEqual([]);
    expect(listed(heading).filter((name) => !new RegExp(`(^|[^\\w/.-])${name}( |$)`, "m").test(text))).toEqual([]);
  });

  it("undo by hand gives back files, absence and live values", async () => {
    const { root, ...files } = privateRoot({
      "/etc/with a space": "old\n",
      "/etc/gone": "gone\n",
      [maxFile]: "7\n",
      [hashsizeFile]: "5\n",
    });
    const actions = [
      write("/etc/with a space", "new\n", { from: files.basis("/etc/with a space"), mode: 0o600 }),
      write(modprobeConf, "new\n", { from: { kind: "absent" } }),
      remove("/etc/gone", files.basis("/etc/gone")),
      setHashsize(6, 5),
      set(maxKey, "8", "7"),
    ] as const;
    const { result } = await apply({ root, actions });
    expect(result.kind).toBe("applied");
    expect([files.read("/etc/with a space"), files.read(maxFile)]).toEqual(["new\n", "8\n"]);

    const undone = spawnSync("sh", ["-eu"], { input: undoIn(root), encoding: "utf8" });
    expect([undone.status, undone.stderr]).toEqual([0, ""]);
    expect(files.read("/etc/with a space")).toBe("old\n");
    expect(files.mode("/etc/with a space")).toBe(0o644);
    expect(files.read("/etc/gone")).toBe("gone\n");
    expect(files.list("/etc/modprobe.d")).toEqual([]);
    expect([files.read(maxFile), files.read(hashsizeFile)]).toEqual(["7\n", "5\n"]);
  });
});

/** The guide's own script, with its paths below a private root and a sysctl that writes there. */
const undoIn = (root: string): string => {
  const [, script = ""] = /^```sh\n(.*?)^```$/ms.exec(guide) ?? [];
  const below = script
    .replace("/var/lib/ctfleet/RUN", `"$root"/var/lib/ctfleet/${run()}`)
    .replaceAll('"$path"', '"$root$path"')
    .replace(">/sys", '>"$root"/sys');
  const sysctl = `sysctl() { echo "\${2#*=}" >"$root/proc/sys/$(echo "\${2%%=*}" | tr . /)"; }`;
  return `root='${root}'\n${sysctl}\n${below}`;
};
