import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { factsToData } from "../../src/facts/data.ts";
import { oddFolder, probe, request, type Shell, shellNames } from "./probing.ts";
import { type Programs, plantPrograms, plantTree, type Tree } from "./tree.ts";

type Case = {
  readonly programs: Programs;
  readonly files: Tree;
  readonly managed: readonly string[];
  readonly owners: { readonly users: readonly string[]; readonly groups: readonly string[] };
  readonly expect: object;
};

const folder = join(import.meta.dirname, "../cases/facts/hosts");
const cases = readdirSync(folder).map((file) => [basename(file, ".yaml"), join(folder, file)] as const);

describe.each(cases)("facts of %s", (_, file) => {
  const host = parse(readFileSync(file, "utf8")) as Case;
  const root = oddFolder();
  const programs = oddFolder();
  plantTree(root, host.files);
  plantPrograms(programs, host.programs);
  const dataUnder = (shell: Shell) =>
    factsToData(probe(request({ root, files: host.managed, owners: host.owners }), { shell, path: [programs] }));

  it("are those of the case", () => {
    expect(dataUnder("dash")).toMatchObject(host.expect);
  });

  it.each(shellNames)("are the same under %s", (shell) => {
    expect(dataUnder(shell)).toEqual(dataUnder("dash"));
  });
});
