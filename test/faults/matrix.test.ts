import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { faultsPage, parseMatrix, phases, splitTest } from "./kit/matrix.ts";
import { testNames } from "./kit/test-names.ts";

const project = join(import.meta.dirname, "../..");
const rows = parseMatrix(parse(readFileSync(join(import.meta.dirname, "matrix.yaml"), "utf8")));

/** Names of tests in a source, or of cases in a file of cases. */
const namesIn = (file: string): ReadonlySet<string> => {
  const text = readFileSync(join(project, file), "utf8");
  if (!file.endsWith(".yaml")) return testNames(text);
  return new Set((parse(text, { merge: true }) as readonly { readonly name: string }[]).map(({ name }) => name));
};

const cells = rows.flatMap((row) =>
  phases.flatMap((phase) => {
    const cell = row[phase];
    return cell === "none" ? [] : [{ cell: `${row.fault}, in ${phase}`, shown: cell.shown }];
  }),
);

describe("the matrix of faults", () => {
  it("has every fault that was promised, and so many cells", () => {
    expect(rows.map(({ fault }) => fault)).toEqual([
      "controller kill -9",
      "reset, silent drop",
      "stdout flood, NUL, bad UTF-8",
      "ENOSPC, EROFS, EPERM",
      "one sysctl of many refused",
      "modprobe -r busy or hanging",
      "sudo prompt, lecture, stall",
      "reboot inhibited or masked",
      "host never returns, or loops",
      "another host key after reboot",
      "state changed between plan and apply",
      "second controller, overlapping cron",
      "clock jump on either side",
      "local disk full, EMFILE",
    ]);
    expect(cells).toHaveLength(55);
  });

  it.each(cells)("is shown by tests that exist: $cell", ({ shown }) => {
    const missing = shown.filter((test) => {
      const [file, name] = splitTest(test);
      return !namesIn(file).has(name);
    });
    expect(missing).toEqual([]);
  });

  it("is what docs/faults.md says", async () => {
    await expect(faultsPage(rows)).toMatchFileSnapshot("../../docs/faults.md");
  });
});

describe("the names of tests in a source", () => {
  it("are those of its tests within its describes, without those that are skipped", () => {
    const source = `describe.each([1])("a", () => {
      it("b", () => {}); it.skip("c", () => {}); it.each([["x"]])(\`d %s\`, () => {}); const it2 = 1;
    }); it("e", () => expect("f").toBe("f"));`;
    expect([...testNames(source)]).toEqual(["a > b", "a > d %s", "e"]);
  });
});
