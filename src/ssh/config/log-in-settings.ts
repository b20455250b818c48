import type { Chosen } from "./choose.ts";
import type { Environment, Expanded } from "./expand.ts";
import type { SshSettings } from "./settings.ts";
import { flagOf, type Take, wordOf } from "./value.ts";

type Authentication = SshSettings["authentications"][number];

const enabledBy: Readonly<Record<Authentication, string>> = {
  publickey: "pubkeyauthentication",
  "keyboard-interactive": "kbdinteractiveauthentication",
  password: "passwordauthentication",
};
const usualOrder = "publickey,keyboard-interactive,password";

/** The ways to log in, in the order in which they are tried. BatchMode leaves the key alone: nobody is asked. */
export const authenticationsOf = (chosen: Chosen): readonly Authentication[] => {
  const batch = flagOf(chosen, "batchmode", false);
  const names = new Set((wordOf(chosen, "preferredauthentications") ?? usualOrder).split(","));
  return [...names]
    .filter((name) => Object.hasOwn(enabledBy, name))
    .map((name) => name as Authentication)
    .filter((name) => flagOf(chosen, enabledBy[name], true) && (name === "publickey" || !batch));
};

type Expand = (path: string) => Expanded;

/** The keys that are named, each once; undefined where none is. */
export const identityFilesOf = (
  { identityFiles }: Chosen,
  expand: Expand,
  take: Take,
): readonly string[] | undefined => {
  if (identityFiles.length === 0) return undefined;
  const paths = identityFiles.flatMap((setting) => {
    const [path = "none"] = setting.words;
    return path.toLowerCase() === "none" ? [] : (take(setting, expand(path)) ?? []);
  });
  return [...new Set(paths)];
};

/** The agent's socket: a path, `$NAME`, the usual variable, or none. */
export const identityAgentOf = (
  { first }: Chosen,
  env: Environment,
  expand: Expand,
  take: Take,
): string | undefined => {
  const usual = env.SSH_AUTH_SOCK || undefined;
  const setting = first.get("identityagent");
  const [written] = setting?.words ?? [];
  if (setting === undefined || written === undefined) return usual;
  const path = take(setting, expand(written));
  if (path === "SSH_AUTH_SOCK") return usual;
  if (path === undefined || path === "none") return undefined;
  return /^\$(?!\{)/.test(path) ? env[path.slice(1)] || undefined : path;
};
