import type { Kind } from "./kind.ts";
import * as debian from "./kinds/debian.ts";
import * as el from "./kinds/enterprise-linux.ts";
import { container, lxcNearMax, openvz } from "./kinds/guests.ts";
import { inhibited, onTrial, putBack, rulesDiffer, unconfirmed, unused } from "./kinds/moments.ts";
import { alpine, builtin, plainLogin, without } from "./kinds/others.ts";
import { longChains, oldImage, tooLarge } from "./kinds/risks.ts";
import { docker, kubernetes, tuned } from "./kinds/rivals.ts";

/** The hosts of the demonstration: what a fleet is usually made of. */
export const tour: readonly Kind[] = [
  ...[debian.debian, debian.debianFull, debian.ubuntu, el.el7, el.el6, el.el5],
  ...[el.el8, alpine, container, openvz, kubernetes, builtin],
];

/** The practice fleet, every host of another kind; each finding of the catalogue is shown by one of them. */
export const kinds: readonly Kind[] = [
  ...tour,
  ...[debian.gateway, debian.cloud, debian.upgraded, el.el7Early, el.el7Firewalld, el.mistakes, el.arm],
  ...[
    docker,
    tuned,
    lxcNearMax,
    unused,
    onTrial,
    unconfirmed,
    putBack,
    inhibited,
    rulesDiffer,
    longChains,
    tooLarge,
    oldImage,
  ],
  ...[without, plainLogin],
];
