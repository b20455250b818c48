import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readInventorySources } from "../../src/source/inventory-sources.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ctfleet-sources-"));
});
afterEach(() => rm(folder, { recursive: true }));

const file = async (name: string, text: string | Uint8Array, mode = 0o644): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
};
const program = (name: string, body: string): Promise<string> => file(name, `#!/bin/sh\n${body}\n`, 0o755);

/** Sources, or problems in one line each, with what programs wrote to standard error. */
const read = async (words: readonly string[], deadline = 20_000) => {
  const stderr: string[] = [];
  const result = await readInventorySources(words, { deadline, onStderr: (_, line) => stderr.push(line) });
  if (result.kind === "ok") return { sources: result.value, stderr };
  return {
    problems: result.problems.map(({ at, message }) => `${at.file.replace(`${folder}/`, "")}: ${message}`),
    stderr,
  };
};

describe("tells the kinds of sources apart", () => {
  it("reads files and host lists in the order in which they are named", async () => {
    const hosts = await file("hosts", "web1\n");
    expect(await read(["a,b", hosts])).toMatchObject({
      sources: [
        { kind: "hosts", text: "a,b" },
        { kind: "file", file: hosts, text: "web1\n" },
      ],
    });
  });

  it("takes a file with a comma in its name for a file", async () => {
    expect(await read([await file("a,b", "web1\n")])).toMatchObject({ sources: [{ kind: "file" }] });
  });

  it("does not run a file that has the mode of a program and is none", async () => {
    expect(await read([await file("hosts", "touch me\n", 0o755)])).toMatchObject({ sources: [{ kind: "file" }] });
  });

  it("reads a pipe once, from its beginning", async () => {
    expect(await read(["/dev/null"])).toMatchObject({ sources: [{ kind: "file", text: "" }] });
  });

  it("follows links in a folder, and leaves out those that lead nowhere", async () => {
    await mkdir(join(folder, "inv"));
    await symlink(await file("real", "web1\n"), join(folder, "inv", "link"));
    await symlink("nowhere", join(folder, "inv", "broken"));
    const result = await read([join(folder, "inv")]);
    expect(result.sources).toMatchObject([{ kind: "file", text: "web1\n" }]);
  });

  it("walks a folder once, where links in it lead back to it", async () => {
    await mkdir(join(folder, "inv"));
    await file("inv/hosts", "web1\n");
    for (const name of ["again", "and-again", "z"]) await symlink(".", join(folder, "inv", name));
    expect((await read([join(folder, "inv")])).sources).toHaveLength(1);
  });
});

describe("says what is wrong with a source", () => {
  it.each([
    ["a missing file", ["missing"], 'missing: does not exist; a list of hosts has a comma: "web1,"'],
    ["a path through a file", ["hosts/x"], "hosts/x: does not exist: a part of the path is not a folder"],
    ["a file that is not UTF-8", ["latin1"], "latin1: is not UTF-8 text"],
    [
      "an empty folder",
      ["empty"],
      "empty: has no inventory in it; hidden files, group_vars, host_vars and names like *.ini, *.cfg, *.txt, *.md, *.bak are left out, as Ansible does",
    ],
  ])("%s", async (_, words, problem) => {
    await file("hosts", "web1\n");
    await file("latin1", Buffer.from([0x61, 0xe9]));
    await mkdir(join(folder, "empty", "group_vars"), { recursive: true });
    expect(await read(words.map((word) => join(folder, word)))).toMatchObject({ problems: [problem] });
  });

  it("a program without its mode", async () => {
    const path = await file("hosts.sh", "#!/bin/sh\n");
    expect(await read([path])).toMatchObject({
      problems: [`hosts.sh: begins with #! and is not executable; if it is a program, run: chmod +x ${path}`],
    });
  });

  it("every source that is wrong, not the first alone", async () => {
    expect((await read([join(folder, "a"), join(folder, "b")])).problems).toHaveLength(2);
  });
});

describe("runs an executable inventory", () => {
  it("asks once where the listing has _meta", async () => {
    const path = await program(
      "inv",
      `echo "$@" >> '${folder}/calls'; echo '{"_meta": {"hostvars": {}}, "web": ["w1"]}'`,
    );
    expect(await read([path])).toMatchObject({ sources: [{ kind: "script" }] });
    expect(await readFile(join(folder, "calls"), "utf8")).toBe("--list\n");
  });

  it("asks for each host where it has not, and for nothing that looks like an option", async () => {
    const path = await program(
      "inv",
      `case $1 in --list) echo '{"web": ["w1", "-x", "w2"], "short": {"a": 1}, "v": {"vars": {}}}' ;; *) echo "{\\"me\\": \\"$2\\"}" ;; esac`,
    );
    const [source] = (await read([path])).sources ?? [];
    expect(source?.kind === "script" ? Object.fromEntries(source.hostTexts) : {}).toEqual({
      w1: '{"me": "w1"}\n',
      w2: '{"me": "w2"}\n',
      short: '{"me": "short"}\n',
    });
  });

  it("runs without a shell: a name is a name", async () => {
    await mkdir(join(folder, "a;$(touch b) c"));
    const path = await program("a;$(touch b) c/inv", "echo '{}'");
    expect(await read([path])).toMatchObject({ sources: [{ kind: "script", text: "{}\n" }] });
  });

  it("shows its standard error line by line, with control characters visible", async () => {
    const path = await program("inv", "printf 'one\\ntw\\033[31mo\\r\\nlast é' >&2; echo '{}'");
    expect((await read([path])).stderr).toEqual(["one", "tw\\u{1b}[31mo", "last é"]);
  });

  it.each([
    [
      "a status that is not 0",
      "echo 'no such region' >&2; exit 3",
      "ended with status 3; its last words: no such region",
    ],
    ["a signal", "kill -TERM $$", "was ended by SIGTERM"],
    ["bytes that are not UTF-8", "printf '\\377'", "printed what is not UTF-8 text"],
  ])("says how it ended: %s", async (_, body, problem) => {
    expect(await read([await program("inv", body)])).toMatchObject({ problems: [`inv: ${problem} (--list)`] });
  });

  it("says it of the host that was asked for", async () => {
    const path = await program("inv", `case $1 in --list) echo '{"web": ["w1"]}' ;; *) exit 4 ;; esac`);
    expect(await read([path])).toMatchObject({ problems: ["inv: ended with status 4 (--host w1)"] });
  });

  it("says that its interpreter is missing", async () => {
    const path = await file("inv", "#!/no/such/python\n", 0o755);
    expect(await read([path])).toMatchObject({
      problems: ["inv: cannot be run: the program that its first line names does not exist (--list)"],
    });
  });

  it("stops it and all that it started at the deadline", async () => {
    const path = await program("inv", `echo thinking >&2; mkfifo '${folder}/pipe'; sh -c 'cat "$0"' '${folder}/pipe'`);
    expect(await read([path], 1_500)).toMatchObject({
      problems: ["inv: did not end in time and was stopped; its last words: thinking (--list)"],
    });
    // a reader that is still there would let this opening succeed
    const writer = await program("writer", `exec 3<>/dev/null; timeout 1 sh -c ': > "$0"' '${folder}/pipe'`);
    expect(await read([writer])).toMatchObject({ problems: [expect.stringContaining("status 124")] });
  });

  it("stops one that floods", async () => {
    const path = await program("inv", "exec cat /dev/zero");
    expect(await read([path])).toMatchObject({
      problems: ["inv: printed more than 32 MiB and was stopped (--list)"],
    });
  });

  it("shows a thousand lines of a flood of words, and no more", async () => {
    const path = await program("inv", "yes words | head -n 3000 >&2; echo '{}'");
    const { stderr } = await read([path]);
    expect(stderr).toHaveLength(1_000);
    expect(stderr.at(-1)).toBe("(more than 1000 lines: the others are not shown)");
  });
});
