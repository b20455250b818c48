import { describe, expect, it } from "vitest";
import { needsSerial } from "../../src/plan/needs-serial.ts";
import { parsePlaybook } from "../../src/playbook/parse.ts";
import { valid } from "../support/play.ts";

const play = (activate: string, head = "") => {
  const text = `- hosts: all\n${head}  tasks:\n    - conntrack: { timeouts: { udp: 30 } }\n    - activate: ${activate}\n`;
  return valid(parsePlaybook({ file: "play.yaml", text })).plays[0]!;
};

describe("a reload or a reboot of several hosts", () => {
  it.each([
    ["reload", "reload"],
    ["reboot", "reboot"],
    ["{ with: auto, allow: [live, reboot] }", "reboot"],
    ["{ with: auto, allow: [live, reload, reboot] }", "reload"],
  ])("with %s needs serial, told at the task", (activate, way) => {
    const problem = needsSerial(play(activate), 40, false);
    expect(problem).toMatchObject({ at: { file: "play.yaml", line: 4, column: 7 }, path: "activate" });
    expect(problem?.message).toContain(`may ${way} all 40 hosts at once`);
    expect(problem?.message).toContain("--all-at-once");
  });

  it.each(["live", "none", "auto"])("is not what %s may do", (activate) => {
    expect(needsSerial(play(activate), 40, false)).toBeUndefined();
  });

  it("is done in batches, at once where that is meant, or is one host", () => {
    expect(needsSerial(play("reboot", '  serial: [1, "10%"]\n'), 40, false)).toBeUndefined();
    expect(needsSerial(play("reboot"), 40, true)).toBeUndefined();
    expect(needsSerial(play("reboot"), 1, false)).toBeUndefined();
  });
});
