import { visible } from "../../source/visible.ts";
import type { Chosen } from "./choose.ts";
import { expandCommand, type Names } from "./expand.ts";
import { parseJump } from "./jump.ts";
import type { Hop, Proxy } from "./settings.ts";
import type { Setting } from "./statement.ts";
import type { Take } from "./value.ts";

const none: Proxy = { kind: "none" };

/** The way to the host: ProxyJump or ProxyCommand, whichever was set first. */
export const proxyOf = ({ first }: Chosen, names: Names, take: Take): Proxy => {
  const command = first.get("proxycommand");
  if (command !== undefined) return commandOf(command, names, take);
  const jump = first.get("proxyjump");
  return jump === undefined ? none : jumpOf(jump, names, take);
};

const commandOf = (setting: Setting, names: Names, take: Take): Proxy => {
  if (setting.text.toLowerCase() === "none") return none;
  const command = take(setting, expandCommand(setting.text, names));
  return command === undefined ? none : { kind: "command", command };
};

const jumpOf = (setting: Setting, names: Names, take: Take): Proxy => {
  const written = parseJump(setting.text) ?? [];
  const expanded = (text: string): string => take(setting, expandCommand(text, names)) ?? text;
  const [nearest, ...more] = written.map(
    ({ host, user, port }): Hop => ({
      host: expanded(host),
      user: user === undefined ? undefined : expanded(user),
      port,
    }),
  );
  if (nearest === undefined) return none;
  if (isItself([nearest, ...more].at(-1), names))
    take(setting, { kind: "fault", because: `the way to ${visible(names.hostname)} leads through itself` });
  return { kind: "jump", hops: [nearest, ...more] };
};

const isItself = (last: Hop | undefined, { hostname, port, user }: Names): boolean =>
  last !== undefined && last.host === hostname && (last.port ?? 22) === port && (last.user ?? user) === user;
