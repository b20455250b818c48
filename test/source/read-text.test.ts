import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readText } from "../../src/source/read-text.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ctfleet-read-"));
  await mkdir(join(folder, "folder"));
  await writeFile(join(folder, "latin1"), Buffer.from([0x61, 0xe9]));
  await writeFile(join(folder, "huge"), "");
  await truncate(join(folder, "huge"), 32 * 1024 * 1024 + 1);
  await writeFile(join(folder, "good"), "\uFEFFé\n");
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ["missing", "does not exist"],
  ["good/under", "does not exist: a part of the path is not a folder"],
  ["folder", "is a folder; a file is expected"],
  ["latin1", "is not UTF-8 text"],
  ["huge", "is larger than 32 MiB"],
])("says what is wrong with %s", async (name, message) => {
  const file = join(folder, name);
  expect(await readText(file)).toEqual({
    kind: "problems",
    problems: [{ at: { file, line: 0, column: 0 }, path: "", message }],
  });
});

it("gives the text with its name, the byte order mark kept", async () => {
  const file = join(folder, "good");
  expect(await readText(file)).toEqual({ kind: "ok", value: { file, text: "\uFEFFé\n" } });
});
