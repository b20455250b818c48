import type { Secret } from "../model/host.ts";
import { askSecret, canAsk } from "./ask.ts";
import { say } from "./console.ts";
import type { FleetOptions } from "./options.ts";

/** What a person typed for hosts whose inventory has no password. */
export type Passwords = { readonly login: Secret | undefined; readonly become: Secret | undefined };

/** Asks for the passwords that -k and -K want, once each. Undefined: there is nobody to ask. */
export const askPasswords = async (options: FleetOptions): Promise<Passwords | undefined> => {
  const wanted = [options.askPass === true && "-k", options.askBecomePass === true && "-K"].filter(Boolean);
  if (wanted.length > 0 && !canAsk()) {
    say(`ctfleet: ${wanted.join(" and ")} needs a terminal to ask on`);
    return undefined;
  }
  const login = options.askPass === true ? await askSecret("SSH password: ") : undefined;
  const method = options.becomeMethod ?? "become";
  const question = `${method} password${login === undefined ? "" : " (Enter: the SSH password)"}: `;
  const typed = options.askBecomePass === true ? await askSecret(question) : undefined;
  // Nobody has an empty one, and a try with it would count where accounts are locked after some.
  const become = typed?.reveal() === "" ? login : typed;
  return { login, become };
};
