import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Problem } from "../../src/model/problem.ts";
import { parsePlaybook } from "../../src/playbook/parse.ts";

const folder = "test/cases/playbook";
const cases = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

const told = ({ at, path, message }: Problem): string => `${at.line}:${at.column} ${path}: ${message}`;

// Each NAME.yaml stands beside NAME.problems: every problem with its line and column; none for a playbook that is valid.
it.each(cases)("%s", async (name) => {
  const parsed = parsePlaybook({ file: name, text: readFileSync(`${folder}/${name}`, "utf8") });
  const problems = parsed.kind === "ok" ? [] : parsed.problems.map(told);
  await expect(problems.map((line) => `${line}\n`).join("")).toMatchFileSnapshot(
    `../cases/playbook/${name.replace(/yaml$/, "problems")}`,
  );
});
