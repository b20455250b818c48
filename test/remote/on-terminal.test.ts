import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { apart, onTerminal } from "../../src/remote/on-terminal.ts";

const nonce = "0123456789abcdef0123456789abcdef";
const shells = [["dash"], ["bash"], ["busybox", "ash"], ["ksh"], ["mksh"]];

/** As become's shell does it, but without a terminal: a size, that much of a shell's words, and the rest for them. */
const run = ([shell = "", ...first]: readonly string[], script: string) => {
  const begin = 'read -r size && exec "$0" "$@"';
  const wrapper = `${begin.replace('"$0"', [shell, ...first].join(" "))} -c "$(head -c "$size")" sh ${nonce}`;
  const { stdout, status } = spawnSync(shell, [...first, "-c", wrapper], { input: onTerminal(script) });
  const parts = apart(stdout, nonce);
  return { status, stdout: Buffer.from(parts.stdout).toString(), stderr: Buffer.from(parts.stderr).toString() };
};

describe.each(shells)("the script on a terminal, under %s %s", (...shell) => {
  const words = shell.filter((word): word is string => typeof word === "string");

  it("keeps output, errors and status apart, and ends", () => {
    expect(run(words, "echo out; echo one >&2; printf 'two 5' >&2; cat; exit 7")).toEqual({
      ...{ status: 7, stdout: "out\n", stderr: "one\ntwo 5" },
    });
    expect(run(words, "true")).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("keeps the end of many errors", () => {
    const { stderr, status } = run(
      words,
      "i=0; while [ $i -lt 2000 ]; do echo line $i >&2; i=$((i + 1)); done; exit 3",
    );
    expect(status).toBe(3);
    expect(stderr.length).toBeLessThanOrEqual(4096);
    expect(stderr).toMatch(/line 1999\n$/);
  });

  it("counts bytes, not characters", () => {
    expect(run(words, "echo 'nö→'").stdout).toBe("nö→\n");
  });
});

it("leaves output without the mark as it is: the script never ended", () => {
  const { stdout, stderr } = apart(Buffer.from("doas: Operation not permitted\n"), nonce);
  expect(Buffer.from(stdout).toString()).toBe("doas: Operation not permitted\n");
  expect(stderr).toHaveLength(0);
});
