import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { secret } from "../../src/model/host.ts";
import { systemClock } from "../../src/remote/clock.ts";
import type { ExecRequest, ExecResult, Prompt } from "../../src/remote/port.ts";
import { attend, type CommandEnd, type Started } from "../../src/ssh/attend.ts";
import { output, script } from "./login.ts";

const prompt: Prompt = { kind: "following", marker: "<M>", ready: "GO", answer: secret("pw"), within: 5000 };

/** A command whose streams are in the test's hands. */
const open = (request: ExecRequest, { terminal = false } = {}) => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const typed: string[] = [];
  stdin.on("data", (chunk: Buffer) => typed.push(chunk.toString()));
  const events: string[] = [];
  const gone = new AbortController();
  let end: (end: CommandEnd) => void = () => undefined;
  const started: Started = {
    ...{ kind: "started", stdin, stdout, stderr: terminal ? undefined : stderr },
    ended: new Promise((resolve) => {
      end = resolve;
    }),
    release: () => events.push("released"),
  };
  const result: Promise<ExecResult> = attend({
    ...{ request, clock: systemClock, secrets: [], gone: gone.signal },
    destroy: () => events.push("destroyed"),
    start: () => Promise.resolve(started),
  });
  return { stdout, stderr, typed, events, gone, result, end: (status: number) => end({ status, signal: undefined }) };
};

describe("attend", () => {
  it("waits for the rest of the output after the exit status", async () => {
    const { stdout, stderr, result, end, typed, events } = open(script("text"));
    end(3);
    stdout.write("o");
    stdout.end("ut");
    stderr.end("err");
    expect(output(await result)).toEqual({ status: 3, stdout: "out", stderr: "err" });
    expect(typed.join("")).toBe("text");
    expect(events).toEqual(["released"]);
  });

  it("does not wait for ever, and lets go", async () => {
    const { stdout, result, end, events } = open(script("text"));
    stdout.write("out");
    end(0);
    expect(output(await result).stdout).toBe("out");
    expect(events).toEqual(["released"]);
  });

  it("answers on a terminal once the program has asked, and sends the script once it runs", async () => {
    const { stdout, result, end, typed } = open(script("text", { prompt }), { terminal: true });
    stdout.write("<M>");
    stdout.write("Pass");
    stdout.write("word: ");
    await expect.poll(() => typed.join("")).toBe("pw\n");
    stdout.end("\r\nGO\nout");
    await expect.poll(() => typed.join("")).toBe("pw\ntext");
    end(0);
    expect(output(await result).stdout).toBe("out");
  });

  it("ends where there is no answer, and sends nothing", async () => {
    const { stdout, result, typed, events } = open(script("text", { prompt: { ...prompt, answer: undefined } }));
    stdout.write("<M>Password: ");
    expect(await result).toEqual({ kind: "not_ready", because: "no_answer", answered: false, words: "Password: " });
    expect(typed).toEqual([]);
    expect(events).toEqual(["destroyed"]);
  });

  it("ends with the line", async () => {
    const { gone, result } = open(script("text", { changes: true }));
    await Promise.resolve();
    gone.abort(new Error("cut"));
    expect(await result).toMatchObject({ failure: { code: "connection_lost", detail: "cut", sent: true } });
  });

  it("lets go of a command that started after the end", async () => {
    const { events, gone, result } = open(script("text"));
    gone.abort(new Error("cut"));
    await result;
    await expect.poll(() => events).toEqual(["destroyed", "released"]);
  });
});
