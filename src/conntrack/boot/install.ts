import { moduleName } from "./modules.ts";

/** What comes of `install MODULE COMMAND`, where the command stands for the load (modprobe.d(5)). */
export type Install =
  | { readonly kind: "never" }
  /** `args`: what stands behind the module's name; options lines count beside it. */
  | { readonly kind: "loads"; readonly args: string }
  | { readonly kind: "unknown" };

/** Nothing, or a modprobe of the module itself that does not heed its install line; all else may do anything. */
export const installOf = (command: string, module: string): Install => {
  if (/^(?:(?:\/usr)?\/s?bin\/)?false$/.test(command)) return { kind: "never" };
  const parts = command.split(/;|&&/).map((part) => part.trim());
  const left = parts.filter((part) => part !== "" && !doesNothing.test(part));
  const [only, ...others] = left;
  if (only === undefined) return { kind: "never" };
  const args = others.length === 0 ? ownLoad(only, module) : undefined;
  return args === undefined ? { kind: "unknown" } : { kind: "loads", args };
};

const doesNothing = /^(?::|(?:(?:\/usr)?\/s?bin\/)?true)$/;

/** `/sbin/modprobe --ignore-install nf_conntrack $CMDLINE_OPTS hashsize=N`; undefined for anything else. */
const ownLoad = (command: string, module: string): string | undefined => {
  const [program = "", ...words] = command.split(/\s+/);
  if (!/^(?:(?:\/usr)?\/s?bin\/)?modprobe$/.test(program)) return undefined;
  const at = words.findIndex((word) => !word.startsWith("-"));
  const flags = words.slice(0, Math.max(0, at));
  const isKnown = flags.every((flag) => known.has(flag)) && flags.some((flag) => ignoring.has(flag));
  const args = words.slice(at + 1);
  if (!isKnown || moduleName(words[at] ?? "") !== module || !args.every((word) => plain.test(word))) return undefined;
  return args.join(" ");
};

const ignoring: ReadonlySet<string> = new Set(["-i", "--ignore-install"]);
const known: ReadonlySet<string> = new Set([...ignoring, "-q", "--quiet", "-s", "--syslog", "-v", "--verbose"]);
const plain = /^(?:\$CMDLINE_OPTS|[\w-]+=[\w,]*)$/;
