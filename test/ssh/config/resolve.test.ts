import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { parseSshArgs } from "../../../src/inventory/ssh-args.ts";
import type { SshConfig } from "../../../src/ssh/config/config.ts";
import { readSshConfig } from "../../../src/ssh/config/read.ts";
import { resolveHost } from "../../../src/ssh/config/resolve.ts";
import type { SshSettings } from "../../../src/ssh/config/settings.ts";
import { copyCorpus, type Question } from "./corpus.ts";
import { account, inWordsOfTheJudge, judge, ofTheJudge } from "./judge.ts";

const corpus = copyCorpus();
afterAll(() => rmSync(corpus.folder, { recursive: true }));

const read = (given: string) =>
  readSshConfig({ userFile: `${account.home}/.ssh/config`, systemFile: "/etc/ssh/ssh_config", given });

const readConfig = async (file: string): Promise<SshConfig> => {
  const config = await read(file);
  if (config.kind === "problems") throw new Error(JSON.stringify(config.problems));
  return config.value;
};

const resolve = (config: SshConfig, { host, options }: Question): SshSettings => {
  const args = parseSshArgs(options);
  if (args.kind === "fault") throw new Error(args.because);
  return resolveHost(config, { ...account, host, user: undefined, port: undefined, options: args.options });
};

describe("resolveHost, beside ssh -G", () => {
  it("has a corpus worth its name", () => {
    expect(corpus.valid.length).toBeGreaterThanOrEqual(40);
  });

  it.concurrent.each(corpus.valid)("says what ssh says: $name", async ({ file, questions }) => {
    const config = await readConfig(file);
    for (const question of questions) {
      const settings = resolve(config, question);
      const asked = question.args.join(" ");
      expect(settings.needsOpenssh.join(", "), asked).toBe(question.needsOpenssh);
      if (!question.judged) continue;
      const judgement = await judge(["-F", file, ...question.args]);
      if (judgement.kind === "refused") expect(settings.refusals, `${asked}: ${judgement.stderr}`).not.toEqual([]);
      else {
        expect(settings.refusals, asked).toEqual([]);
        expect(inWordsOfTheJudge(settings, judgement.values), asked).toEqual(ofTheJudge(judgement.values));
      }
    }
  });
});

describe("readSshConfig, beside ssh -G", () => {
  it.concurrent.each(corpus.faults)("refuses the lines that ssh refuses: $name", async ({ file, questions }) => {
    const judgement = await judge(["-F", file, ...(questions[0]?.args ?? [])]);
    const stderr = judgement.kind === "refused" ? judgement.stderr : "";
    const lines = [...stderr.matchAll(/^(\/\S+?):? line (\d+): /gm)].map(([, name, line]) => `${name}:${line}`);
    const ours = await read(file);
    const problems = ours.kind === "problems" ? ours.problems : [];
    expect([...new Set(problems.map(({ at }) => `${at.file}:${at.line}`))]).toEqual([...new Set(lines)]);
    for (const { at, message } of problems) {
      expect(at.column).toBeGreaterThan(0);
      expect(message).not.toBe("");
    }
  });
});
