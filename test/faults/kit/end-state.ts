import type { SshdHost } from "../../support/sshd.ts";

/**
 * Everything that a run may leave on a host of sshd.ts, byte for byte: its own files of /etc with mode, owner and content, its
 * values, and what of ctfleet's is left but for the copies and times of one run.
 */
export const endState = (host: SshdHost, folder: string): Promise<string> =>
  host.run(
    [
      `cd ${folder}/host${host.address.split(".").at(-1) ?? ""}/tmpfs/_etc/upper`,
      "find . ! -path './power*' ! -path './faults*' -printf '%p %y %m %u %g %l\\n' | sort",
      "find . -type f ! -path './power*' ! -path './faults*' -exec sha256sum {} + | sort",
      "cat /run/own-generic /run/own-icmp",
      "ls -A /var/lib/ctfleet | sed 's/^[0-9]*T[0-9]*Z-.*/RUN/' | uniq",
      "ls -A /var/lib/ctfleet/*/working 2>/dev/null || :",
    ].join("; "),
  );
