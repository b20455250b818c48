import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Facts } from "../../src/model/facts.ts";
import { factsOf } from "./facts.ts";
import type { HostStory } from "./host-story.ts";

/** A tree of a host's files as a case tells it. */
export type Tree = {
  readonly name: string;
  readonly files: { readonly [path: string]: string };
  readonly links?: { readonly [path: string]: string };
};

/** Folders that a tree puts in the place of this machine's, for one process. */
const folders = ["etc", "run", "usr/local/lib", "usr/lib/sysctl.d", "usr/lib/modprobe.d"] as const;

const mark = "==== tree";

/**
 * Runs a shell text once for each tree, where that tree's folders stand in the place of this machine's and the network
 * namespace is a new one (or this one), and gives what it printed. One mount namespace, and nothing is left of it.
 */
export const inTrees = (
  trees: readonly Tree[],
  script: string,
  namespace: "new" | "first" = "new",
): readonly string[] => {
  const root = mkdtempSync(join(tmpdir(), "ctfleet-trees-"));
  try {
    trees.forEach((tree, index) => {
      layOut(join(root, String(index)), tree);
    });
    writeFileSync(join(root, "judge.sh"), script);
    const enter = namespace === "new" ? "unshare -n" : "env";
    const mounts = folders.map((folder) => `mount --bind "$tree/${folder}" /${folder}`).join(" && ");
    const unmounts = [...folders]
      .reverse()
      .map((folder) => `umount /${folder}`)
      .join("; ");
    const all = `mkdir -p /usr/lib/modprobe.d
for tree in ${trees.map((_, index) => join(root, String(index))).join(" ")}; do
  echo '${mark}'
  ${mounts} || exit 1
  ${enter} sh ${join(root, "judge.sh")} 2>/dev/null
  ${unmounts}
done`;
    const printed = execFileSync("unshare", ["-m", "--propagation", "private", "sh", "-c", all], { encoding: "utf8" });
    return printed.split(`${mark}\n`).slice(1);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

const layOut = (root: string, { files, links = {} }: Tree): void => {
  for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
  const made = (path: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(made(path), text);
  for (const [path, target] of Object.entries(links)) symlinkSync(target, made(path));
};

/** The facts of a host with such a tree: what a link leads to stands under the link's name. */
export const treeFacts = (tree: Tree, story: HostStory): Facts => {
  const linked = Object.entries(tree.links ?? {}).map(
    ([path, target]) => [path, tree.files[resolve(dirname(path), target)] ?? ""] as const,
  );
  return factsOf({ ...story, files: { ...tree.files, ...Object.fromEntries(linked) } });
};
