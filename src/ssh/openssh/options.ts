import type { Secret } from "../../model/host.ts";
import type { Clock } from "../../remote/port.ts";
import type { Endpoint } from "../connect-options.ts";
import type { AskPassphrase } from "../key-file.ts";
import type { OpensshFolder } from "./folder.ts";

/** A host for the `ssh` program, which reads the user's configuration by itself. */
export type OpensshOptions = Pick<Endpoint, "keepAlive" | "timeouts"> & {
  /** What one would type after `ssh`. */
  readonly address: string;
  /** `-F`, `-o`, `-p`, `-l` and `-i` as the inventory and the command line have them; ours come before them and win. */
  readonly arguments: readonly string[];
  readonly hostKeys: {
    /** Instead of the configured files (`--known-hosts`); undefined: those. */
    readonly file: string | undefined;
    readonly acceptNew: boolean;
  };
  /** Of this host, never of one on the way. */
  readonly password: Secret | undefined;
  /** For encrypted keys and the PINs of hardware keys; asked once for each in a run. */
  readonly passphrase: AskPassphrase | undefined;
  readonly folder: OpensshFolder;
  readonly clock: Clock;
};
