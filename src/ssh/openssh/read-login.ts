import type { Trouble } from "../trouble.ts";
import type { Log } from "./read-log.ts";

type LoginTrouble = Extract<Trouble, { kind: "login" }>;

/** What was tried at a login that was refused, and what could not be: read from the log's own order of events. */
export const loginTrouble = ({ all, plain }: Log, message?: string): LoginTrouble => {
  const text = all.join("\n");
  const tried: string[] = [];
  const unusable = missingFiles(all);
  let key: { readonly name: string; accepted: boolean; because: string } | undefined;
  const answered = (): void => {
    if (key) tried.push(key.name);
    key = undefined;
  };
  const given = (): void => {
    if (key?.accepted === true) unusable.push(`${key.name}: ${key.because}`);
    else answered();
    key = undefined;
  };
  for (const line of all) {
    const [, offered, accepted] =
      /^debug1: (?:Offering public key: (.+?)|Server accepts key: (.+?)) [A-Z]\S* SHA256:/.exec(line) ?? [];
    const reason = reasons.find(({ pattern }) => pattern.test(line));
    if (offered !== undefined) {
      given();
      key = { name: offered, accepted: false, because: encrypted };
    } else if (accepted !== undefined && key) key.accepted = true;
    else if (key && reason) key.because = reason.because ?? line;
    else if (line.startsWith("debug1: Authentications that can continue:")) answered();
    else if (line.startsWith("debug2: we did not send a packet")) given();
    else if (/^debug2: we sent a password packet/.test(line)) tried.push("a password");
    else if (/^debug2: input_userauth_info_req: num_prompts [1-9]/.test(line)) tried.push("a password (interactive)");
  }
  // Cut off in the middle: the host has seen the key.
  if (message !== undefined) answered();
  const user = /^debug1: Authenticating to .* as '(.*)'$/m.exec(text)?.[1] ?? "the user";
  const accepted = /Permission denied \(([^)]*)\)\.?$/m.exec(plain.join("\n"))?.[1]?.split(",") ?? [];
  return { kind: "login", user, tried, unusable, accepted, ...(message === undefined ? {} : { message }) };
};

const encrypted = "encrypted, and no passphrase was given";

const reasons: readonly { readonly pattern: RegExp; readonly because?: string }[] = [
  { pattern: /^debug2: bad passphrase given/, because: "the passphrase does not fit" },
  { pattern: /^debug2: no passphrase given/, because: encrypted },
  { pattern: /^(sign_and_send_pubkey|Load key )/ },
];

const missingFiles = (all: readonly string[]): string[] =>
  all.flatMap((line) => {
    const [, named, unread, why = ""] =
      /^(?:(?:no such identity: |Warning: Identity file )(.+?)(?: not accessible)?: No such file or directory\.?|Load key "(.+)": (.+))$/.exec(
        line,
      ) ?? [];
    if (/^ssh_askpass: exec/.test(line)) return [`${line}: no program may run in its folder (set XDG_RUNTIME_DIR)`];
    if (named !== undefined) return [`${named}: no such file`];
    return unread !== undefined && !/passphrase/.test(why) ? [`${unread}: ${why}`] : [];
  });
