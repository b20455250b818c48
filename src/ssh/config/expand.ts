import { createHash } from "node:crypto";
import { visible } from "../../source/visible.ts";

/** What the tokens of ssh_config(5) stand for on one host. */
export type Names = {
  /** Name or address to connect to, and as it was typed. */
  readonly hostname: string;
  readonly typed: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
  readonly jump: string;
  readonly localUser: string;
  readonly localUid: number;
  readonly localHostname: string;
  readonly home: string;
};

const values: Readonly<Record<string, (names: Names) => string>> = {
  "%": () => "%",
  C: ({ localHostname, hostname, port, user }) =>
    createHash("sha1").update(`${localHostname}${hostname}${port}${user}`).digest("hex"),
  L: ({ localHostname }) => localHostname.replace(/\..*$/s, ""),
  d: ({ home }) => home,
  h: ({ hostname }) => hostname,
  i: ({ localUid }) => String(localUid),
  j: ({ jump }) => jump,
  k: ({ hostKeyAlias, typed }) => hostKeyAlias ?? typed,
  l: ({ localHostname }) => localHostname,
  n: ({ typed }) => typed,
  p: ({ port }) => String(port),
  r: ({ user }) => user,
  u: ({ localUser }) => localUser,
};

export type Expanded =
  | { readonly kind: "ok"; readonly text: string }
  /** OpenSSH would stop, or should. */
  | { readonly kind: "fault"; readonly because: string }
  /** OpenSSH can, we cannot. */
  | { readonly kind: "beyond"; readonly because: string };
export type Environment = Readonly<Record<string, string | undefined>>;

const inPaths = "%CLdhijklnpru";
const inCommands = "%hknpr";

/** Characters of a name that a shell would read as its own. */
const plain = /^(?!-)[\w.:%@+=,/-]*$/;

/** A path with `~` for this account's home folder. */
export const expandHome = (path: string, home: string): Expanded => {
  const [, other, below = ""] = /^~([^/]*)\/*(.*)$/s.exec(path) ?? [];
  if (other === undefined) return { kind: "ok", text: path };
  if (other !== "") return { kind: "beyond", because: `~${visible(other)} is the home folder of another account` };
  return { kind: "ok", text: `${home.replace(/\/$/, "")}/${below}` };
};

/** A path with `~`, tokens and `${NAME}`. */
export const expandPath = (path: string, names: Names, env: Environment): Expanded => {
  if (!/[~%$]/.test(path)) return { kind: "ok", text: path };
  const inHome = expandHome(path, names.home);
  return inHome.kind === "ok" ? expand(inHome.text, { names, allowed: inPaths, env }) : inHome;
};

/** A line for the shell, or a hop of ProxyJump: host data is never code, so a name with shell characters is a fault. */
export const expandCommand = (line: string, names: Names): Expanded => {
  for (const [, token = ""] of line.matchAll(/%(.)/gs)) {
    const value = token === "%" ? "" : (values[token]?.(names) ?? "");
    if (inCommands.includes(token) && !plain.test(value))
      return { kind: "fault", because: `"${visible(value)}" for %${token} has characters that a shell would act on` };
  }
  return expand(line, { names, allowed: inCommands, env: undefined });
};

/** The `Hostname` setting: `%h` is the name as typed. */
export const expandHostname = (text: string, typed: string): Expanded => {
  const bad = /%(?![%h])(.?)/s.exec(text.replaceAll("%%", ""));
  if (bad !== null) return { kind: "fault", because: `token "%${visible(bad[1] ?? "")}" is not known here (%h, %%)` };
  return { kind: "ok", text: text.replace(/%([%h])/g, (_, token) => (token === "h" ? typed : "%")) };
};

type Rules = { readonly names: Names; readonly allowed: string; readonly env: Environment | undefined };

const expand = (text: string, { names, allowed, env }: Rules): Expanded => {
  let fault: string | undefined;
  const expanded = text.replace(
    /\$\{([^}]*)(\}?)|%(.?)/gs,
    (whole, name: string | undefined, close: string, token: string) => {
      if (name === undefined) {
        if (token !== "" && allowed.includes(token)) return values[token]?.(names) ?? "";
        fault ??= `token "%${visible(token)}" is not known here`;
        return "";
      }
      // only paths have variables: in a command they are the shell's
      if (env === undefined) return whole;
      const value = env[name];
      if (close === "" || name === "") fault ??= `"${visible(whole)}" is not the name of a variable in braces`;
      else if (value === undefined) fault ??= `the variable ${visible(whole)} is not set`;
      return value ?? "";
    },
  );
  return fault === undefined ? { kind: "ok", text: expanded } : { kind: "fault", because: fault };
};
