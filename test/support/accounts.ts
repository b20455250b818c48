/** The password of every account below; its hash stands in shadow. */
export const testPassword = "correct horse";
/** For shadow, or usermod -p. */
export const testPasswordHash =
  "$6$ctfleet$ITbF9w3DGgbkrQbsFaJejV4DiTDJhoehn1HqwyAnWHY9i70qWRKzbwQMEdo5JkQZRpNneGxUCAMVywPe8vhSX0";

/** Ordinary accounts of every test host: who may use sudo and how, and with which login shell. */
const accounts = [
  { name: "deploy", uid: 7001, shell: "/bin/sh", sudo: "NOPASSWD" },
  { name: "operator", uid: 7002, shell: "/bin/bash", sudo: "PASSWD" },
  { name: "fisher", uid: 7003, shell: "/usr/bin/fish", sudo: "NOPASSWD" },
  { name: "tess", uid: 7004, shell: "/bin/tcsh", sudo: "NOPASSWD" },
  { name: "guest", uid: 7005, shell: "/bin/sh", sudo: "none" },
] as const;

const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join("");

/** What is added to the account files of a host, by file name. */
export const accountFiles: Readonly<Record<"passwd" | "shadow" | "group" | "sudoers", string>> = {
  passwd: lines(accounts.map(({ name, uid, shell }) => `${name}:x:${uid}:${uid}::/home/${name}:${shell}`)),
  shadow: lines(accounts.map(({ name }) => `${name}:${testPasswordHash}:20000:0:99999:7:::`)),
  group: lines(accounts.map(({ name, uid }) => `${name}:x:${uid}:`)),
  sudoers: lines(
    accounts.filter(({ sudo }) => sudo !== "none").map(({ name, sudo }) => `${name} ALL=(ALL) ${sudo}: ALL`),
  ),
};
