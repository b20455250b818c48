import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import type { LocalRequest } from "../../src/rollout/effects.ts";
import { runLocal } from "../../src/rollout/local-command.ts";

const folder = mkdtempSync("/tmp/ctfleet-local-command-");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (argv: LocalRequest["argv"], more: Partial<LocalRequest> = {}) =>
  runLocal({ argv, env: {}, within: 20_000, ...more });

const sh = (script: string, more: Partial<LocalRequest> = {}) => run(["/bin/sh", "-c", script], more);

/** A process of this machine that is alive, and no zombie. */
const isAlive = (pid: string): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

const pidIn = async (file: string): Promise<string> => {
  for (;;) {
    try {
      const text = readFileSync(join(folder, file), "utf8");
      if (text.endsWith("\n")) return text.trim();
    } catch {
      // not there yet
    }
    await wait(5);
  }
};

describe("a program on this machine", () => {
  it("tells its exit status and what it printed", async () => {
    expect(await sh("echo out; echo err >&2; exit 3")).toEqual({ kind: "exited", status: 3, output: "out\nerr\n" });
  });

  it("gets its words as they are: no shell reads them", async () => {
    expect(await run(["/usr/bin/printf", "%s|", "$(id)", "a b", "*", ";"])).toMatchObject({ output: "$(id)|a b|*|;|" });
  });

  it("has nothing on its standard input", async () => {
    expect(await run(["/bin/cat"])).toEqual({ kind: "exited", status: 0, output: "" });
  });

  it("gets variables beside those of this process", async () => {
    const result = await sh('echo "$MINE ${PATH:+path}"', { env: { MINE: "yes" } });
    expect(result).toMatchObject({ output: "yes path\n" });
  });

  it("that does not exist, or may not be executed, is a failure in words", async () => {
    const file = join(folder, "plain");
    writeFileSync(file, "");
    expect(await run(["ctfleet-no-such-program"])).toEqual({
      kind: "failed",
      because: "there is no program ctfleet-no-such-program",
    });
    expect(await run([file])).toEqual({ kind: "failed", because: `${file} may not be executed` });
  });

  it("whose words cannot be passed on is a failure that does not repeat them", async () => {
    const result = await run(["/bin/echo", "secret\0word"]);
    expect(result).toEqual({ kind: "failed", because: "/bin/echo cannot be started" });
  });

  it("that is ended by a signal has no exit status", async () => {
    expect(await sh("kill -9 $$")).toEqual({ kind: "failed", because: "/bin/sh was ended by SIGKILL" });
  });

  it("keeps the end of what it prints, and is read to its end", async () => {
    const result = await sh("head -c 5000000 /dev/zero | tr '\\0' x; echo last");
    expect(result).toMatchObject({ kind: "exited", status: 0 });
    expect("output" in result && result.output.length).toBe(32_768);
    expect("output" in result && result.output.endsWith("last\n")).toBe(true);
  });

  it("is ended after its time with all that it started, also what ignores the kinder signal", async () => {
    const script = `trap '' TERM; sh -c 'trap "" TERM; echo $$ > ${folder}/inner; while :; do sleep 1; done' & wait`;
    const running = sh(script, { within: 300 });
    const inner = await pidIn("inner");
    expect(await running).toEqual({ kind: "failed", because: "/bin/sh did not end in 0.3 s and was ended" });
    await expect.poll(() => isAlive(inner)).toBe(false);
  });

  it("is ended by a stop, and by one that came before", async () => {
    const stop = new AbortController();
    const running = sh(`echo $$ > ${folder}/stopped; exec sleep 60`, { stop: stop.signal });
    const pid = await pidIn("stopped");
    stop.abort();
    expect(await running).toEqual({ kind: "failed", because: "/bin/sh was ended: a stop was asked for" });
    expect(isAlive(pid)).toBe(false);
    expect(await sh("sleep 60", { stop: stop.signal })).toMatchObject({ kind: "failed" });
  });

  it("that leaves something in the background is not waited for longer than itself", async () => {
    const result = await sh(`sleep 60 & echo $! > ${folder}/behind; echo done`);
    expect(result).toEqual({ kind: "exited", status: 0, output: "done\n" });
    process.kill(Number(await pidIn("behind")), "SIGKILL");
  });
});
