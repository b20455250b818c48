import { join } from "node:path";
import { type LabHost, labUser } from "./host.ts";

/** Names of the files that the fleet leaves for ctfleet and for plain ssh. */
export const fleetFiles = (dir: string) => ({
  inventory: join(dir, "inventory.yaml"),
  privateKey: join(dir, "id_ed25519"),
  knownHosts: join(dir, "known_hosts"),
  sshConfig: join(dir, "ssh_config"),
});

/** The inventory, as ctfleet reads it: all hosts are gateways, so that the shipped playbooks name them. */
export const inventoryText = (dir: string, hosts: readonly LabHost[]): string => {
  const host = ({ kind, port, root }: LabHost) =>
    `    ${kind.name}: { ansible_host: 127.0.0.1, ansible_port: ${port}, ctfleet_root: ${JSON.stringify(root)}, ctfleet_lab: true } # ${kind.about}\n`;
  const group = (name: string, members: readonly LabHost[]) =>
    `    ${name}:\n      hosts:\n${members.map(({ kind }) => `        ${kind.name}:\n`).join("")}`;
  const names = [...new Set(hosts.flatMap(({ kind }) => kind.groups))];
  return `# Written by ctfleet lab up: the ports are new at every start.
all:
  vars:
    ansible_user: ${labUser}
    ansible_ssh_private_key_file: ${JSON.stringify(fleetFiles(dir).privateKey)}
  hosts:
${hosts.map(host).join("")}  children:
${group("gateways", hosts)}${names
  .map((name) =>
    group(
      name,
      hosts.filter(({ kind }) => kind.groups.includes(name)),
    ),
  )
  .join("")}`;
};

export const knownHostsText = (hosts: readonly LabHost[]): string =>
  hosts.map(({ port, publicKey }) => `[127.0.0.1]:${port} ${publicKey}\n`).join("");

/** For plain ssh: `ssh -F DIR/ssh_config debian`. */
export const sshConfigText = (dir: string, hosts: readonly LabHost[]): string => {
  const { privateKey, knownHosts } = fleetFiles(dir);
  const common = `Host *
  HostName 127.0.0.1
  User ${labUser}
  IdentityFile ${JSON.stringify(privateKey)}
  IdentitiesOnly yes
  UserKnownHostsFile ${JSON.stringify(knownHosts)}
  GlobalKnownHostsFile /dev/null
  RequestTTY no
`;
  return hosts.map(({ kind, port }) => `Host ${kind.name}\n  Port ${port}\n`).join("") + common;
};
