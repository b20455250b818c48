import { homedir, userInfo } from "node:os";
import { join } from "node:path";

/** The account's home folder, as OpenSSH has it: not $HOME, which cron and sudo set to other places. */
export const homeFolder = (): string => userInfo().homedir || homedir();

/** The name of a file; `~/` at its beginning is the account's home folder. */
export const fromHome = (name: string): string => (name.startsWith("~/") ? join(homeFolder(), name.slice(2)) : name);
