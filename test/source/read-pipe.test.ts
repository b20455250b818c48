import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readPipe } from "../../src/source/read-pipe.ts";
import { readText } from "../../src/source/read-text.ts";

let folder: string;
let pipe: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ctfleet-pipe-"));
  pipe = join(folder, "pipe");
  await promisify(execFile)("mkfifo", [pipe]);
});
afterEach(() => rm(folder, { recursive: true }));

const write = (script: string) => spawn("sh", ["-c", `exec >"$0"; ${script}`, pipe], { stdio: "ignore" });

it("has what is written to it, from the first writer's beginning to its end", async () => {
  write("printf 'web1\\n'; sleep 0.1; seq 100000 | tr -d '\\n'; printf '\\nweb2\\n'");
  const text = await readText(pipe);
  expect(text.kind === "ok" ? text.value.text : text).toMatch(/^web1\n\d{488895}\nweb2\n$/);
});

it("says that nobody writes to it", async () => {
  expect(await readPipe(pipe, { within: 50, most: 10 })).toBe("is a pipe, and nobody writes to it");
});

it("says that it does not end", async () => {
  const writer = write("echo web1; exec sleep 100");
  expect(await readPipe(pipe, { within: 2_000, most: 100 })).toBe("is a pipe that did not end in time");
  writer.kill();
});

it("says that it is too large", async () => {
  const writer = write("exec yes");
  expect(await readPipe(pipe, { within: 20_000, most: 2 ** 20 })).toBe("is larger than 1 MiB");
  writer.kill();
});
