import { describe, expect, it } from "vitest";
import { connectHosts } from "../../src/inventory/connect-hosts.ts";
import { type Vars, Vaulted } from "../../src/model/host.ts";
import { connected, connections, parsed } from "./support.ts";

const host = (vars: string) => connections(`all:\n  hosts:\n    h: { ${vars} }\n`).h;
const fromCommandLine = () => ({ at: { file: "--extra-vars", line: 0, column: 0 }, path: "" });
const extra = (vars: Vars) => ({ extra: { vars, place: fromCommandLine } });

describe("makes a connection of the connection variables", () => {
  it.each([
    ["", { address: "h", port: undefined, user: undefined, becomeMethod: undefined, becomeFlags: [], sshOptions: [] }],
    ["ansible_host: 10.0.0.1, ansible_port: '2222'", { address: "10.0.0.1", port: 2222 }],
    ["ansible_host: a, ansible_ssh_host: b, ansible_port: 1, ansible_ssh_port: 2", { address: "b", port: 2 }],
    ["ansible_user: ops, ansible_ssh_user: ~", { user: "ops" }],
    ["ansible_user: 1000, ansible_timeout: 7, ansible_ssh_timeout: '8'", { user: "1000", timeout: 8 }],
    ["ansible_user: '', ansible_private_key_file: ''", { user: undefined, privateKeyFile: undefined }],
    ["ansible_ssh_private_key_file: ~/.ssh/k, ctfleet_root: /srv/a", { privateKeyFile: "~/.ssh/k", root: "/srv/a" }],
    ["ansible_become: 'yes', ansible_become_user: app", { become: true, becomeUser: "app" }],
    ["ansible_become_method: ansible.builtin.su, ansible_su_user: app", { becomeMethod: "su", becomeUser: "app" }],
    [
      "ansible_become_method: community.general.doas, ansible_doas_exe: /x/doas",
      { becomeMethod: "doas", becomeExe: "/x/doas" },
    ],
    ["ansible_become_user: a, ansible_sudo_user: b", { becomeUser: "b" }],
    [
      "ansible_become_method: su, ansible_sudo_user: b, ansible_sudo_flags: '\"'",
      { becomeUser: undefined, becomeFlags: [] },
    ],
    ["ansible_become_flags: '-H -p \"a b\"'", { becomeFlags: ["-H", "-p", "a b"] }],
    ["ctfleet_transport: openssh, ansible_connection: ansible.builtin.ssh", { transport: "openssh" }],
    [
      "ansible_ssh_common_args: -o ProxyJump=b -F /etc/cfg",
      { sshOptions: [{ keyword: "proxyjump", value: "b" }], sshConfigFile: "/etc/cfg" },
    ],
    ["ansible_host_key_checking: no", { sshOptions: [{ keyword: "stricthostkeychecking", value: "no" }] }],
    ["ansible_host_key_checking: no, ansible_ssh_host_key_checking: yes", { sshOptions: [] }],
  ])("{ %s }", (vars, connection) => {
    expect(host(vars)).toMatchObject(connection);
  });

  it("keeps the order of Ansible's command line, where the first value wins", () => {
    const { port, user, sshOptions } = host(
      "ansible_port: 1, ansible_user: u, ansible_host_key_checking: no, ansible_ssh_args: -o Port=2, ansible_ssh_common_args: -o User=v, ansible_ssh_extra_args: -o User=w",
    ) ?? { sshOptions: [] };
    expect({ port, user }).toEqual({ port: undefined, user: "u" });
    expect(sshOptions.map(({ keyword, value }) => `${keyword}=${value}`)).toEqual([
      "port=2",
      "stricthostkeychecking=no",
      "user=v",
      "user=w",
    ]);
  });

  it("takes the method of the command line where the inventory names none", () => {
    const text =
      "all:\n  hosts:\n    a: { ansible_su_user: x }\n    b: { ansible_su_user: x, ansible_become_method: sudo }\n";
    const found = connections(text, { becomeMethod: "su" });
    expect([found.a?.becomeUser, found.b?.becomeUser]).toEqual(["x", undefined]);
  });

  it("lets the command line win", () => {
    const found = connections("all:\n  hosts:\n    a: { ansible_port: 70000 }\n", extra({ ansible_port: 22 }));
    expect(found.a?.port).toBe(22);
    const wrong = connected(parsed("all:\n  hosts:\n    a:\n    b:\n"), extra({ ansible_port: 0 }));
    expect(wrong.kind === "problems" && wrong.problems.map(({ at, message }) => `${at.file} ${message}`)).toEqual([
      "--extra-vars 0 is not a port (1-65535)",
    ]);
  });
});

describe("keeps secrets", () => {
  it.each([
    ["ansible_password: 'hun{#ter2'", "ansible_password"],
    ["ansible_become_password: 'a{{ hunter2'", "ansible_become_password"],
    ["ansible_password: \"{{ 'hunter2' | b64decode }}\"", "ansible_password"],
    ["ansible_password: hunter2, ansible_port: '{{ ansible_password }}'", "ansible_port"],
    ["ansible_password: hunter2, ansible_user: 'a {{ ansible_password }}'", "ansible_user"],
  ])("in what is told of { %s }", (vars, variable) => {
    const told = JSON.stringify(connected(parsed(`all:\n  hosts:\n    h: { ${vars} }\n`)));
    expect(told).toContain(variable);
    expect(told).not.toMatch(/hunter2|ter2/);
  });

  const secrets = "ansible_password: hunter2, ansible_become_password: hunter3, p: '{{ ansible_password }}'";
  it("gives passwords to those that log in, and to nobody else", () => {
    const inventory = parsed(`all:\n  hosts:\n    h: { ${secrets}, ansible_sudo_pass: hunter4 }\n`);
    const result = connected(inventory);
    const [first] = result.kind === "ok" ? result.value : [];
    expect([first?.connection.password?.reveal(), first?.connection.becomePassword?.reveal()]).toEqual([
      "hunter2",
      "hunter4",
    ]);
    expect(JSON.stringify([inventory, result])).not.toContain("hunter");
  });

  it("opens a vault only where its value is used", () => {
    let opened = 0;
    const vaulted = new Vaulted(() => {
      opened += 1;
      return { kind: "ok", plain: "hunter2" };
    }, "$ANSIBLE_VAULT");
    const text = "all:\n  hosts:\n    a: { ansible_password: '{{ p }}' }\n    b:\n";
    const inventory = parsed(text);
    const options = extra({ p: vaulted });
    expect(connectHosts(inventory, inventory.hosts.slice(1), options).kind).toBe("ok");
    expect(opened).toBe(0);
    expect(connections(text, options).a?.password?.reveal()).toBe("hunter2");
    expect(opened).toBe(1);
  });

  it("says what is wrong with a hidden value without showing it", () => {
    const options = extra({ ansible_port: new Vaulted("hunter2", undefined) });
    const result = connected(parsed("all: { hosts: { h: } }"), options);
    expect(result.kind === "problems" && result.problems[0].message).toBe("the hidden value is not a port (1-65535)");
  });
});

describe("checks the hosts that are reached, and no others", () => {
  const inventory = parsed(
    [
      "windows:",
      "  vars: { ansible_connection: winrm, ansible_port: 5986, ansible_winrm_transport: ntlm }",
      "  hosts: { win[1:3]: }",
      "broken:",
      "  vars: { ansible_port: 0, ansible_ssh_odd: 1 }",
      "  hosts: { b1: , b2: { ansible_user: '{{ gone }}' } }",
      "fine:",
      "  hosts: { f1: }",
    ]
      .join("\n")
      .replace("win[1:3]", '"win[1:3]"'),
  );
  const problemsOf = (...names: string[]): readonly string[] => {
    const result = connectHosts(
      inventory,
      inventory.hosts.filter(({ name }) => names.includes(name)),
    );
    return result.kind === "ok"
      ? []
      : result.problems.map(({ at, path, message }) => `${at.line}:${at.column} ${path}: ${message}`);
  };

  it("takes no offence at hosts that nobody reaches", () => {
    expect(problemsOf("f1")).toEqual([]);
  });

  it("tells a fault of a group once, at its line, with the hosts that it is about", () => {
    expect(problemsOf("win1", "win2", "win3")).toEqual([
      "2:31 windows.vars.ansible_connection: \"winrm\" is not honoured; hosts are reached by ssh; leave out win[1-3]: --limit 'all:!win1'",
    ]);
  });

  it("tells every fault", () => {
    expect(problemsOf("b1", "b2")).toEqual([
      "5:45 broken.vars.ansible_ssh_odd: ansible_ssh_odd is not honoured, and would change how the host is reached",
      "5:25 broken.vars.ansible_port: 0 is not a port (1-65535)",
      "6:38 broken.hosts.b2.ansible_user: {{ gone }} names a variable that this host does not have",
    ]);
  });
});
