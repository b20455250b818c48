import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseFacts } from "../../src/facts/parse.ts";
import { argvKey } from "../../src/model/facts.ts";
import { read } from "../../src/model/reading.ts";
import { oddFolder, probe, request, runProbe, type Shell, shellNames } from "./probing.ts";
import { plantPrograms, plantTree } from "./tree.ts";

const ask = (argv: readonly string[], within = 10_000) => ({ argv, within });

/** Programs that lack what the host's own `timeout` would do. */
const withoutTimeout = (): readonly string[] => {
  const folder = oddFolder();
  plantPrograms(folder, { timeout: null });
  return [folder];
};

const commandsOf = (shell: Shell, asks: readonly ReturnType<typeof ask>[], path: readonly string[] = []) => {
  const root = oddFolder();
  plantTree(root, { "etc/there": "x\n" });
  return { root, commands: probe(request({ root, asks }), { shell, path }).commands };
};

describe.each(shellNames)("the probe under %s", (shell) => {
  describe.each([
    ["with the host's timeout", () => []],
    ["without one", withoutTimeout],
  ] as const)("%s", (_, path) => {
    it("tells how each command ended, as a shell would", () => {
      const asks = [
        ask(["true"]),
        ask(["sh", "-c", "exit 7"]),
        ask(["no such program"]),
        ask(["test", "-e", "etc/there"]),
        ask(["test", "-e", "etc/gone"]),
        ask(["emit", "asked", "0"]),
      ];
      const { commands } = commandsOf(shell, asks, path());
      expect(asks.map(({ argv }) => commands.get(argvKey(argv)))).toEqual([0, 7, 127, 0, 1, 127].map(read));
    });

    it("does not wait for one that hangs, and says that it is not known", () => {
      const asks = [ask(["sleep", "300"], 300), ask(["sh", "-c", "trap '' TERM; while :; do sleep 1; done"], 900)];
      const { commands } = commandsOf(shell, asks, path());
      for (const { argv } of asks)
        expect(commands.get(argvKey(argv))).toMatchObject({
          kind: "unreadable",
          because: expect.stringContaining("did not end within 1 s") as string,
        });
    });

    it("hands over the words as they are, and nothing else", () => {
      const words = ["a b", "$(id)", "`id`", "*", "'", '"', "\\", "!x", "-n", "", "line\nfeed", "ü", "a;b|c&d>e"];
      const script = 'printf "%s." "$#" "$@" >told; cat >input; ls /proc/self/fd >&2; echo noise';
      const asks = [ask(["sh", "-c", script, "x", ...words])];
      const { root, commands } = commandsOf(shell, asks, path());
      expect([...commands.values()]).toEqual([read(0)]);
      expect(readFileSync(join(root, "told"), "utf8")).toBe(`${words.length}.${words.join(".")}.`);
      expect(readFileSync(join(root, "input"), "utf8")).toBe("");
    });
  });
});

it("an answer that is not whole is garbled", () => {
  const asks = [ask(["true"]), ask(["false"])];
  const text = Buffer.from(runProbe(request({ asks }), { shell: "dash" })).toString("latin1");
  const parsed = (from: string, to: string) =>
    parseFacts(Buffer.from(text.replace(from, to), "latin1"), request({ asks })).kind;
  expect(text).toContain("asked 4\n 0 1\n");
  expect(parsed("", "")).toBe("ok");
  expect(parsed("asked 4\n 0 1", "asked 2\n 0")).toBe("garbled");
  expect(parsed("asked 4\n 0 1", "asked 4\n 0 x")).toBe("garbled");
});
