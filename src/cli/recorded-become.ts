import { append } from "../model/append.ts";
import type { HostName } from "../model/brand.ts";
import type { RecordedBecome } from "../model/journal.ts";
import type { Play } from "../model/play.ts";
import type { BecomeOther } from "../remote/become.ts";
import type { Target } from "../rollout/survey.ts";

/** As whom these hosts are changed, without passwords. */
export const recordedBecome = (targets: readonly Target[]): readonly RecordedBecome[] => {
  const groups = new Map<string, HostName[]>();
  for (const { host, become } of targets) if (become.kind !== "no") append(groups, keyOf(become), host.name);
  return [...groups].map(([key, hosts]) => ({ ...(JSON.parse(key) as Omit<RecordedBecome, "hosts">), hosts }));
};

const keyOf = ({ kind, user }: BecomeOther): string => JSON.stringify({ method: kind, user });

/** The same as a play would say it for a host: its own variables count before it. */
export const becomeAsRecorded = (
  recorded: readonly RecordedBecome[],
  host: HostName,
): Pick<Play, "become" | "becomeUser" | "becomeMethod"> => {
  const found = recorded.find(({ hosts }) => hosts.includes(host));
  return found === undefined
    ? { become: false, becomeUser: undefined, becomeMethod: undefined }
    : { become: true, becomeUser: found.user, becomeMethod: found.method };
};
