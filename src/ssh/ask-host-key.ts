import { fingerprint, type KnownHost, keyType, knownName, type NewHostKey, nameOf } from "./known-hosts.ts";

/** Puts a question to the person at the terminal; undefined: nobody answers. */
export type AskPerson = (question: string) => Promise<string | undefined>;

type Question = {
  readonly host: NewHostKey;
  readonly ask: AskPerson;
  /** Lines that name other hosts with this key. */
  readonly sameKey: readonly KnownHost[];
};

/** Asks what OpenSSH asks about a new key: yes, no, or the fingerprint, which is compared. */
export const confirmHostKey = async ({ host, ask, sameKey }: Question): Promise<boolean> => {
  const print = fingerprint(host.key);
  let question = introduction(host, print, sameKey);
  for (let asked = 0; asked < most; asked++) {
    const answer = (await ask(question))?.trim();
    if (answer === undefined || /^no$/i.test(answer)) return false;
    if (/^yes$/i.test(answer) || answer === print) return true;
    question = "Please type 'yes', 'no' or the fingerprint: ";
  }
  return false;
};

/** Who answers otherwise so often is no person. */
const most = 10;

const introduction = (host: NewHostKey, print: string, sameKey: readonly KnownHost[]): string =>
  [
    `The authenticity of host '${nameOf(host)} (${knownName(host.address, host.port)})' can't be established.`,
    `${shortType(host.key)} key fingerprint is ${print}.`,
    ...otherNames(sameKey),
    "Are you sure you want to continue connecting (yes/no/[fingerprint])? ",
  ].join("\n");

const shortType = (key: Uint8Array): string =>
  (keyType(key) ?? "odd")
    .replace(/^ssh-/, "")
    .replace(/^ecdsa-.*/, "ecdsa")
    .toUpperCase();

/** Lines that the question shows of a key that stands in many. */
const mostNames = 8;

const otherNames = (sameKey: readonly KnownHost[]): readonly string[] => {
  if (sameKey.length === 0) return ["This key is not known by any other names."];
  const more = sameKey.length - mostNames;
  return [
    "This host key is known by the following other names/addresses:",
    ...sameKey.slice(0, mostNames).map(({ file, line, names }) => {
      const shown = names.kind === "hashed" ? "[hashed name]" : names.wanted.join(",");
      return `    ${file}:${line}: ${shown}`;
    }),
    ...(more > 0 ? [`    (${more} more)`] : []),
  ];
};
