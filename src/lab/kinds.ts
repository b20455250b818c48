import type { Kind } from "./kind.ts";
import { debian, debianFull, ubuntu } from "./kinds/debian.ts";
import { el5, el6, el7, el8 } from "./kinds/enterprise-linux.ts";
import { container, openvz } from "./kinds/guests.ts";
import { alpine, builtin, kubernetes } from "./kinds/others.ts";

/** The practice fleet, every host of another kind. */
export const kinds: readonly Kind[] = [
  ...[debian, debianFull, ubuntu, el7, el6, el5],
  ...[el8, alpine, container, openvz, kubernetes, builtin],
];
