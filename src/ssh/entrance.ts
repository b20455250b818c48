import type { Entrance } from "../remote/port.ts";
import type { SshSettings } from "./config/settings.ts";

type Station = Pick<SshSettings, "hostname" | "port">;

/** A route, as far as it says where to begin. */
export type Stations = { readonly target: Station & Pick<SshSettings, "proxy">; readonly hops: readonly Station[] };

/**
 * Where the way to a host begins. Of a proxy command it is not known where it leads to: hosts whose commands differ in
 * nothing but the host go through the same bastion.
 */
export const entranceOf = ({ target, hops }: Stations): Entrance => {
  const [first] = hops;
  if (first !== undefined) return { key: keyOf(first), kind: "bastion" };
  return target.proxy.kind === "command"
    ? { key: target.proxy.command.replaceAll(target.hostname, "%h"), kind: "bastion" }
    : { key: keyOf(target), kind: "itself" };
};

const keyOf = ({ hostname, port }: Station): string => `[${hostname}]:${port}`;
