import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { failureOf } from "../../src/apply/failure-of.ts";
import type { Action, CommandPhase } from "../../src/model/action.ts";
import type { NonEmpty } from "../../src/model/brand.ts";
import * as host from "./private-root.ts";
import { apply, kinds, maxFile, maxKey, modprobeConf, privateRoot, set, write } from "./private-root.ts";

const store = "/var/lib/ctfleet";

type Command = { readonly when?: CommandPhase; readonly within?: number };

const command = (
  argv: NonEmpty<string>,
  { when = "after_files", within = 10_000 }: Command = {},
): Extract<Action, { kind: "run" }> => ({
  kind: "run",
  task: "Tell the balancer",
  argv,
  undo: undefined,
  within,
  when,
});

/** Waits for what may come a moment later. */
const eventually = async (holds: () => boolean): Promise<boolean> => {
  for (let turns = 100; turns > 0 && !holds(); turns--) await new Promise((done) => setTimeout(done, 20));
  return holds();
};

describe.each(host.shells)("a command under $name", ({ command: shell }) => {
  it("is given its words as they are: no shell of ours reads them", async () => {
    const { root, ...files } = privateRoot();
    const words = ["a b", "$(id)", "`id`", "*", "'", '"', "\\", "!x", "-n", "", "line\nfeed", "ü", "~", "a;b|c&d>e"];
    const argv = ["sh", "-c", 'printf "%s." "$#" "$@" >told', "x", ...words] as const;
    const { result } = await apply({ root, shell, actions: [command(argv)] });
    expect(kinds(result)).toEqual(["done"]);
    expect(files.read("/told")).toBe(`${words.length}.${words.join(".")}.`);
  });

  it("runs in its phase: before the files, after them, and when all is live", async () => {
    const { root, ...files } = privateRoot({ [maxFile]: "65536\n" });
    const look = `cat .${modprobeConf} >>seen 2>/dev/null || echo none >>seen; cat .${maxFile} >>seen`;
    const actions = [
      command(["sh", "-c", look], { when: "after_activation" }),
      command(["sh", "-c", look], { when: "after_files" }),
      command(["sh", "-c", look], { when: "before_files" }),
      write(modprobeConf, "new\n", { from: { kind: "absent" } }),
      set(maxKey, "262144", "65536"),
    ] as const;
    const { result } = await apply({ root, shell, actions });
    expect(kinds(result)).toEqual(["done", "done", "done", "done", "done"]);
    expect(files.read("/seen")).toBe("none\n65536\nnew\n65536\nnew\n262144\n");
  });

  it.each([
    ["before_files", "absent", "65536\n"],
    ["after_files", "new\n", "65536\n"],
    ["after_activation", "new\n", "262144\n"],
  ] as const)("that fails %s stops the script where it stands, with its last words", async (when, file, max) => {
    const { root, ...files } = privateRoot({ [maxFile]: "65536\n" });
    const talk = "i=0; while [ $i -lt 300 ]; do echo noise $i; i=$((i+1)); done; echo the balancer said no >&2; exit 3";
    const actions = [
      command(["sh", "-c", talk], { when }),
      command(["touch", "later"], { when: "after_activation" }),
      write(modprobeConf, "new\n", { from: { kind: "absent" } }),
      set(maxKey, "262144", "65536"),
    ] as const;
    const { result } = await apply({ root, shell, actions });
    expect(result).toMatchObject({ kind: "failed" });
    const failure = failureOf(result);
    expect(failure).toMatchObject({ code: "command_failed", sent: true });
    expect(failure?.detail).toMatch(/^Tell the balancer: exit status 3; [^]*the balancer said no$/);
    expect(failure?.detail.length).toBeLessThan(520);
    expect(existsSync(`${root}${modprobeConf}`) ? files.read(modprobeConf) : "absent").toBe(file);
    expect([files.read(maxFile), existsSync(`${root}/later`)]).toEqual([max, false]);
    expect(files.list("/etc/modprobe.d").filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("that does not end is ended at its time, with what it has started", async () => {
    const { root, ...files } = privateRoot();
    const hang = "(trap '' TERM HUP; echo $$ >pid; sleep 300; sleep 300) & wait; sleep 300";
    const { result } = await apply({ root, shell, actions: [command(["sh", "-c", hang], { within: 700 })] });
    expect(failureOf(result)?.detail).toBe("Tell the balancer: exit status 124, or no end within 1 s");
    const inside = Number(files.read("/pid"));
    expect(await eventually(() => !isAlive(inside))).toBe(true);
  });

  it("is a program, whatever word of a shell it is named like", async () => {
    const { root } = privateRoot();
    for (const name of ["frame", "run_program", "exit", "cd", "eval", "no such program"]) {
      const { result } = await apply({
        root,
        shell,
        run: host.run(name.length),
        actions: [command([name, "step/1", "done"])],
      });
      expect([name, failureOf(result)?.detail]).toEqual([
        name,
        expect.stringMatching(/exit status 12[67]; .*not found/),
      ]);
    }
  });

  it("cannot say anything in the script's name, nor read what is left of it", async () => {
    const { root, ...files } = privateRoot();
    const forged = `printf '@${host.nonce} step/1 4\\ndone\\n@${host.nonce} end 0\\n\\n'; cat >input; head -c 200000 /dev/zero; exit 9`;
    const { result } = await apply({ root, shell, actions: [command(["sh", "-c", forged])] });
    expect(kinds(result)).toEqual(["failed"]);
    expect([failureOf(result)?.detail.slice(0, 32), files.read("/input")]).toEqual([
      "Tell the balancer: exit status 9",
      "",
    ]);
  });

  it("that leaves a service behind is not waited for", async () => {
    const { root, ...files } = privateRoot();
    const daemon = 'sh -c "echo \\$\\$ >pid; exec sleep 60" & until [ -s pid ]; do :; done; echo started';
    const { result } = await apply({ root, shell, actions: [command(["sh", "-c", daemon])] });
    expect(kinds(result)).toEqual(["done"]);
    const pid = Number(files.read("/pid"));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
  });

  it("leaves a note that it was begun, and nothing of what it said", async () => {
    const { root, ...files } = privateRoot();
    await apply({ root, shell, actions: [command(["echo", "words"]), command(["false"]), command(["true"])] });
    const folder = `${store}/${host.run()}/1`;
    expect(files.list(folder).filter((name) => /^(did|talk)-/.test(name))).toEqual(["did-1", "did-2"]);
    expect(files.read(`${folder}/manifest`)).toContain("run 1 after_files\n");
  });
});

it("a command makes files as its own user would, and hears a broken pipe", async () => {
  const { root, ...files } = privateRoot();
  const words = "umask >mask; yes | head -n 1 >one; yes >/dev/full; echo $? >full";
  const { result } = await apply({ root, actions: [command(["sh", "-c", words])] });
  expect(kinds(result)).toEqual(["done"]);
  expect([files.read("/mask").trim(), files.read("/one")]).toEqual(["0022", "y\n"]);
});

it("a command ends at its time where there is no setsid", async () => {
  const { root, ...files } = privateRoot();
  const edit = (script: string): string => script.replace("command -v setsid >/dev/null || session=setsid", "true");
  const actions = [command(["sh", "-c", "echo $$ >pid; exec sleep 300"], { within: 500 })] as const;
  expect(kinds((await apply({ root, actions, edit })).result)).toEqual(["failed"]);
  expect(await eventually(() => !isAlive(Number(files.read("/pid"))))).toBe(true);
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
