import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { shellWords } from "../../../src/inventory/shell-words.ts";

/** A file of test/cases/ssh-config, copied to a folder of its own, and what its first lines ask about it. */
export type Case = {
  readonly name: string;
  readonly file: string;
  /** `#? [OPTION...] HOST`: we and ssh agree on every setting; `#! ... HOST: REASONS`: only the program can. */
  readonly questions: readonly Question[];
};

export type Question = {
  /** As it stands after `ssh`. */
  readonly args: readonly string[];
  /** The options among them, for our own parser. */
  readonly options: string;
  readonly host: string;
  readonly needsOpenssh: string;
  /** ssh is not asked: it is too old for what the file says. */
  readonly judged: boolean;
};

const cases = "test/cases/ssh-config";

/** `@DIR@` in the files stands for the folder that they are in: Include needs whole paths to be independent of ~. */
export const copyCorpus = (): {
  readonly folder: string;
  readonly valid: readonly Case[];
  readonly faults: readonly Case[];
} => {
  const folder = mkdtempSync(join(tmpdir(), "ctfleet-ssh-config-"));
  const files = readdirSync(cases, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(?:conf|inc)$/.test(name),
  );
  for (const name of files) {
    const text = readFileSync(join(cases, name), "utf8").replaceAll("@DIR@", folder);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text, { mode: 0o644 });
  }
  const all = files.filter((name) => name.endsWith(".conf")).map((name) => readCase(folder, name));
  return {
    folder,
    valid: all.filter(({ name }) => !name.startsWith("faults/")),
    faults: all.filter(({ name }) => name.startsWith("faults/")),
  };
};

const readCase = (folder: string, name: string): Case => {
  const file = join(folder, name);
  const questions = [...readFileSync(file, "utf8").matchAll(/^#([?!-]) (.*)$/gm)].map(
    ([, kind, text = ""]): Question => {
      const [asked = "", needsOpenssh = ""] = kind === "?" ? [text] : text.split(/: (.*)/);
      const split = shellWords(asked, { comments: false });
      if (split.kind === "fault") throw new Error(`${name}: ${split.because}`);
      const words = split.words.map((word) => word.text);
      const options = words
        .slice(0, -1)
        .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
        .join(" ");
      const host = words.at(-1) ?? "";
      return {
        args: words,
        options,
        host,
        needsOpenssh: needsOpenssh.replaceAll("FILE", file),
        judged: kind === "?",
      };
    },
  );
  if (questions.length === 0) throw new Error(`${basename(file)} asks nothing`);
  return { name, file, questions };
};
