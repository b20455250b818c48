import type { BecomeMethod, Secret } from "../model/host.ts";
import type { ExecRequest, Prompt } from "./port.ts";

/** As whom a script runs: the login user, or another one through sudo, su or doas. */
export type Become = { readonly kind: "no" } | BecomeOther;

export type BecomeOther = {
  readonly kind: BecomeMethod;
  readonly user: string;
  readonly password: Secret | undefined;
  /** The program, where it is not the method's own name. */
  readonly exe: string | undefined;
  /** Further arguments for it, one word each. */
  readonly flags: readonly string[];
};

type BecomeOptions = Omit<BecomeOther, "kind"> & {
  readonly become: boolean;
  readonly method: BecomeMethod;
  readonly loginUser: string;
};

/** Nothing to become where the login user is already the wanted one (Ansible's default). */
export const becomeFor = ({ become, method, loginUser, ...other }: BecomeOptions): Become =>
  become && other.user !== loginUser ? { kind: method, ...other } : { kind: "no" };

export type BecomeCommand = Pick<ExecRequest, "command" | "prompt" | "terminal">;

/** Milliseconds until the wanted user's shell must run: a person would have given up, and a slow directory server not yet. */
export const becomeWithin = 15_000;

/**
 * The argument list that reads a script from standard input as the wanted user; on a terminal, what `onTerminal` makes
 * of it. Wherever a program may ask for a password the script is held back until the shell has said that it runs: it
 * would else be taken for the password, or the password for a command.
 */
export const becomeCommand = (become: Become, nonce: string, within = becomeWithin): BecomeCommand => {
  if (become.kind === "no") return { command: ["/bin/sh", "-s"] };
  const ready = `ctfleet-${nonce}-ready`;
  const prompt = { marker: `[ctfleet ${nonce}] password: `, ready, answer: become.password, within };
  switch (become.kind) {
    case "sudo":
      return bySudo(become, { ...prompt, kind: "own" });
    case "su":
      return bySu(become, { ...prompt, kind: "following" });
    case "doas":
      return byDoas(become, { ...prompt, kind: "following" }, nonce);
  }
};

// In the C locale the words of a refusal are known. What stands last wins over the inventory's flags.
const bySudo = ({ user, password, exe = "sudo", flags }: BecomeOther, prompt: Prompt): BecomeCommand => {
  const sudo = ["env", "LC_ALL=C", exe, ...(password ? flags.filter((flag) => !neverAsk.includes(flag)) : flags), "-H"];
  if (!password) return { command: [...sudo, "-n", "-u", user, "--", "/bin/sh", "-s"] };
  const asking = [...sudo, "-S", "-p", prompt.marker, "-u", user, "--"];
  return { command: [...asking, "/bin/sh", "-c", begin(prompt)], prompt };
};

const neverAsk: readonly string[] = ["-n", "--non-interactive"];

// Options first: busybox takes what follows the user for the shell's arguments. The user's own shell may be no shell at all.
const bySu = ({ user, exe = "su", flags }: BecomeOther, prompt: Prompt): BecomeCommand => ({
  command: [...announce(prompt), exe, ...flags, "-s", "/bin/sh", "-c", begin(prompt), "--", user],
  prompt,
});

const byDoas = ({ user, password, exe = "doas", flags }: BecomeOther, prompt: Prompt, nonce: string): BecomeCommand => {
  const doas = [exe, ...(password ? flags.filter((flag) => flag !== "-n") : flags)];
  if (!password) return { command: ["env", "LC_ALL=C", ...doas, "-n", "-u", user, "--", "/bin/sh", "-s"] };
  const shell = ["/bin/sh", "-c", beginOnTerminal(prompt), "sh", nonce];
  return { command: [...announce(prompt, rawTerminal), ...doas, "-u", user, "--", ...shell], prompt, terminal: true };
};

const begin = ({ ready }: Prompt): string => `echo ${ready} >&2; exec /bin/sh -s`;

/** The wrapper comes first, its size in bytes before it. */
const beginOnTerminal = ({ ready }: Prompt): string =>
  `echo ${ready}; read -r size && exec /bin/sh -c "$(head -c "$size")" sh "$@"`;

/** Prints the marker where the program may ask (busybox on standard output), then becomes the program. */
const announce = ({ marker }: Prompt, first = ""): readonly string[] => [
  ...["env", "LC_ALL=C", "/bin/sh", "-c"],
  `${first}printf %s "$0"; printf %s "$0" >&2; exec "$@"`,
  marker,
];

// Every byte of a script must pass a terminal as it is, and nothing that is typed may come back.
const rawTerminal = "stty raw -echo || exit; ";
