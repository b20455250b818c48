import { type Secret, secret } from "../model/host.ts";
import { type Checked, checked, type Problem, problemOf } from "../model/problem.ts";
import { type VaultSecret, vaultOf } from "../source/vault.ts";
import { vaultPassword } from "./vault-password.ts";

export type VaultOptions = {
  readonly vaultId?: readonly string[];
  readonly vaultPasswordFile?: readonly string[];
  readonly askVaultPass?: boolean;
};

/** Asks a person for a secret; undefined where there is nobody to ask. */
export type Ask = ((question: string) => Promise<Secret>) | undefined;

/**
 * The passwords that the options name, in Ansible's order: those of `--vault-id` (`ID@FILE`, `ID@prompt`, `FILE`,
 * `prompt`), of `--vault-password-file`, and the one that `--ask-vault-pass` asks for. Or every problem with them.
 */
export const vaultSecrets = async (options: VaultOptions, ask: Ask): Promise<Checked<readonly VaultSecret[]>> => {
  const secrets: VaultSecret[] = [];
  const problems: Problem[] = [];
  for (const source of sourcesOf(options)) {
    // A password file may itself be encrypted, for one of the passwords before it.
    const found = await secretOf(source, ask, vaultOf(secrets).decrypt);
    if ("because" in found) problems.push(problemOf(source.option, found.because));
    else secrets.push({ id: source.id ?? "default", secret: found });
  }
  return checked(secrets, problems);
};

type Source = { readonly option: string; readonly id: string | undefined } & (
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "prompt"; readonly question: string }
);

const sourcesOf = ({ vaultId = [], vaultPasswordFile = [], askVaultPass }: VaultOptions): readonly Source[] => [
  ...vaultId.map(fromVaultId),
  ...vaultPasswordFile.map((file): Source => ({ option: "--vault-password-file", id: "default", kind: "file", file })),
  ...(askVaultPass === true
    ? [{ option: "--ask-vault-pass", id: "default", kind: "prompt", question: "Vault password: " } as const]
    : []),
];

const fromVaultId = (word: string): Source => {
  const at = word.indexOf("@");
  const id = at < 0 ? undefined : word.slice(0, at);
  const value = word.slice(at + 1);
  const option = "--vault-id";
  return value === "prompt"
    ? { option, id, kind: "prompt", question: `Vault password (${id ?? "default"}): ` }
    : { option, id, kind: "file", file: value };
};

type Decrypt = ReturnType<typeof vaultOf>["decrypt"];

const secretOf = async (source: Source, ask: Ask, decrypt: Decrypt): Promise<Secret | { readonly because: string }> => {
  if (source.id === "")
    return { because: `"@${source.kind === "file" ? source.file : "prompt"}" has no id before the @` };
  if (source.kind === "file") return vaultPassword(source.file, { id: source.id, decrypt });
  if (ask === undefined) return { because: "there is no terminal to ask for the password on: use a password file" };
  const answer = await ask(source.question);
  const text = answer.reveal().trim();
  return text === "" ? { because: "the password is empty" } : secret(text);
};
