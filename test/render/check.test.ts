import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Problem } from "../../src/model/problem.ts";
import { checkTemplate } from "../../src/render/check.ts";

const folder = "test/cases/render";
const told = ({ at, message }: Problem): string => `${at.line}:${at.column} ${message}\n`;

// Each NAME.hbs stands beside NAME.problems: every problem with its line and column; none for a template that is valid.
it.each(readdirSync(folder).filter((name) => name.endsWith(".hbs")))("%s", async (name) => {
  const problems = checkTemplate({ file: name, text: readFileSync(`${folder}/${name}`, "utf8") });
  await expect(problems.map(told).join("")).toMatchFileSnapshot(`../cases/render/${name.replace(/hbs$/, "problems")}`);
});

describe("with what is known offline", () => {
  const messages = (text: string, known: Parameters<typeof checkTemplate>[1]): string[] =>
    checkTemplate({ file: "t.hbs", text }, known).map(({ message }) => message);

  it("checks host variables where they are known, and lets them pass where they are not", () => {
    expect(messages("{{vars.ownr_team}}", { vars: { owner_team: "netops" } })).toEqual([
      "vars has no ownr_team; did you mean owner_team?",
    ]);
    expect(messages("{{vars.ownr_team}}", {})).toEqual([]);
  });

  it.each([
    "install nf_conntrack /bin/sh\n",
    "options nf_conntrack hashsize=1\n  install nf_conntrack /bin/false\n",
    "{{#if facts.init}}\nremove nf_conntrack /bin/sh -c reboot\n{{/if}}\n",
    "ins\\\ntall nf_conntrack /bin/sh\n",
  ])("refuses a command in modprobe.d: %j", (text) => {
    expect(messages(text, { dest: "/etc/modprobe.d/x.conf" })).toEqual([
      expect.stringContaining("an install or remove line in modprobe.d runs a command as root"),
    ]);
    expect(messages(text, { dest: "/etc/other.conf" })).toEqual([]);
  });
});
