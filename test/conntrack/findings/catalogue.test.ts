import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/conntrack/findings/catalogue/entry.ts";
import { catalogue } from "../../../src/conntrack/findings/catalogue.ts";
import { familyTitle } from "../../../src/conntrack/findings/families.ts";
import { severities } from "../../../src/model/finding.ts";

const entries: readonly (readonly [string, Entry])[] = Object.entries(catalogue);

/** Programs that only look, with these arguments at least. None loads a module: no iptables, nft, conntrack, modprobe. */
const looking = [
  /^(?:awk|cat|grep|id|ls|lsmod|nproc|ps|sort|uname|zcat)\b/,
  /^(?:dmesg|journalctl|lsinitrd|lsinitramfs)\b/,
  /^systemctl (?:show|is-enabled|list-timers)\b/,
  /^systemd-analyze cat-config\b/,
  /^systemd-inhibit --list\b/,
  /^sysctl net[\w. ]+$/,
  /^(?:firewalld --version|dpkg --audit|sudo -n -l|cloud-init query userdata)$/,
  /^kubectl -n \S+ get configmap\b/,
];

/** What a shell would start, by its pipes and lists; texts in quotes and the kernel's release are arguments. */
const programsOf = (command: string): readonly string[] =>
  command
    .replaceAll("$(uname -r)", "RELEASE")
    .replaceAll(/'[^']*'|"[^"]*"/g, "TEXT")
    .split(/\|\||&&|[;|]/)
    .map((part) => part.trim());

describe.each(entries)("%s", (code, entry) => {
  it("has every part of an explanation, and a family", () => {
    const texts = [entry.title, entry.remedy, entry.means, entry.why, entry.ignore, ...entry.see, ...entry.cure];
    expect(texts.filter((text) => text.trim() === "" || /[\u0000-\u001f]/.test(text))).toEqual([]);
    expect([entry.means, entry.why, entry.ignore].filter((text) => !text.endsWith("."))).toEqual([]);
    expect([entry.see.length, entry.cure.length]).not.toContain(0);
    expect(familyTitle(code)).not.toBe("");
  });

  it("is graver at its worst", () => {
    const { severity, worst } = entry;
    if (worst !== undefined) expect(severities.indexOf(worst)).toBeGreaterThan(severities.indexOf(severity));
  });

  it("is seen by commands that change nothing", () => {
    const programs = entry.see.flatMap(programsOf);
    expect(programs.filter((part) => /[$`<>&]/.test(part) || !looking.some((one) => one.test(part)))).toEqual([]);
    const { status, stderr } = spawnSync("sh", ["-n"], { input: entry.see.join("\n"), encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("names plays that are shipped", () => {
    const texts = [entry.remedy, entry.means, entry.why, ...entry.cure].join(" ");
    const named = [...texts.matchAll(/playbooks\/[\w-]+\.yaml/g)].map(([path]) => path);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });
});
