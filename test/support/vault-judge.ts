import { execFile } from "node:child_process";
import { join } from "node:path";

export type VaultPassword = { readonly id: string; readonly password: string };

/** To encrypt a text (the answer is the vault text), or to try passwords on one (`{plain}` or `{refused: true}`). */
export type VaultRequest =
  | { readonly plain: string; readonly with: VaultPassword }
  | { readonly text: string; readonly passwords: readonly VaultPassword[] };

/** What ansible-core answers; one Python process for all requests, since it is slow to start. */
export const vaultJudge = (requests: readonly VaultRequest[]): Promise<readonly unknown[]> =>
  new Promise((resolve, reject) => {
    const child = execFile("/usr/bin/python3", [join(import.meta.dirname, "vault-judge.py")], (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout) as unknown[]);
      else reject(new Error("the judge failed", { cause: error }));
    });
    child.stdin?.end(JSON.stringify(requests));
  });
