import { type BecomeMethod, becomeMethods, type Transport, transports, type Value } from "../model/host.ts";
import { visible } from "../source/visible.ts";
import { hostNameFault } from "./names.ts";

/** The value of a connection variable; `shown` is how a message may show it, `written` how it stands in the file. */
export type Given = { readonly value: Value; readonly shown: string; readonly written: string | undefined };

export type Read<T> = { readonly kind: "ok"; readonly value: T } | { readonly kind: "fault"; readonly because: string };

/** Makes a field of a connection from what is given, or says what is wrong with it. */
export type Reader<T> = (given: Given) => Read<T>;

/** A value that is one word; a list or a map never fits where one is expected. */
const asText = (value: Value): string => (typeof value === "object" ? "" : String(value));

const ok = <T>(value: T): Read<T> => ({ kind: "ok", value });
const fault = (because: string): Read<never> => ({ kind: "fault", because });

const text =
  (test: RegExp, expected: string): Reader<string> =>
  ({ value, shown }) => {
    const one = typeof value === "number" ? String(value) : value;
    return typeof one === "string" && test.test(one) ? ok(one) : fault(`${shown} is not ${expected}`);
  };

export const user = text(/^\w[\w.@\\+$-]{0,255}$/, "the name of a user");
export const file = text(/^[^\p{Cc}]{1,4096}$/u, "the path of a file");
export const line = text(/^[^\p{Cc}]{1,16384}$/u, "one line of text");

export const address: Reader<string> = ({ value, shown }) => {
  const because = typeof value === "string" ? hostNameFault(value) : "";
  if (typeof value === "string" && because === undefined) return ok(value);
  return fault(
    because === "" || !shown.startsWith('"') ? `${shown} is not a host name or an address` : (because ?? ""),
  );
};

export const port: Reader<number> = ({ value, shown, written }) => {
  if (typeof value === "number" && written?.startsWith("0") === true && value !== 0)
    return fault(`${shown} is octal in YAML and reads as ${value}; write the port without the leading 0`);
  const digits = typeof value === "number" && written !== undefined ? written : asText(value);
  return /^[1-9]\d{0,4}$/.test(digits) && Number(digits) <= 65535
    ? ok(Number(digits))
    : fault(`${shown} is not a port (1-65535)`);
};

const longestTimeout = 86_400;

export const seconds: Reader<number> = ({ value, shown }) =>
  /^[1-9]\d{0,4}$/.test(asText(value)) && Number(value) <= longestTimeout
    ? ok(Number(value))
    : fault(`${shown} is not a whole number of seconds (1-${longestTimeout})`);

// the value itself must not be shown
export const password: Reader<string> = ({ value }) =>
  typeof value === "string" && !/[\r\n\0]/.test(value) && value !== ""
    ? ok(value)
    : fault("a password is one line of text; quote it");

const yes = new Set(["yes", "true", "on", "1", "y", "t"]);
const no = new Set(["no", "false", "off", "0", "n", "f"]);

/** Ansible's words for true and false. */
export const flag: Reader<boolean> = ({ value, shown }) => {
  const one = asText(value).toLowerCase();
  return yes.has(one) ? ok(true) : no.has(one) ? ok(false) : fault(`${shown} is not yes or no`);
};

export const becomeMethod: Reader<BecomeMethod> = ({ value, shown }) => {
  const name = asText(value).replace(/^(?:ansible\.(?:builtin|legacy)|community\.general)\./, "");
  const method = becomeMethods.find((one) => one === name);
  return method === undefined ? fault(`${shown} is not honoured; ${becomeMethods.join(", ")} are`) : ok(method);
};

/** Whatever Ansible calls it, hosts are reached by ssh. */
export const connection: Reader<string> = ({ value, shown }) => {
  const name = asText(value).replace(/^ansible\.(?:builtin|legacy)\./, "");
  return /^(?:ssh|smart|paramiko|paramiko_ssh)$/.test(name)
    ? ok(name)
    : fault(`${shown} is not honoured; hosts are reached by ssh`);
};

export const transport: Reader<Transport> = ({ value, shown }) => {
  const found = transports.find((one) => one === value);
  return found === undefined ? fault(`${shown} is not a transport; ${transports.join(", ")} are`) : ok(found);
};

export const root: Reader<string> = ({ value, shown }) =>
  typeof value === "string" && /^(?:\/[\w@+=.-]+)+$/.test(value) && !/\/\.\.?(?:\/|$)/.test(value)
    ? ok(value)
    : fault(`${shown} is not an absolute path without . and ..`);

/** Text for a message, with whatever is odd in it as escapes. */
export const show = (value: Value): string => visible(JSON.stringify(value));
