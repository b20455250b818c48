import { describe, expect, it } from "vitest";
import { secret } from "../../../src/model/host.ts";
import { masterArguments, sessionArguments } from "../../../src/ssh/openssh/arguments.ts";

const paths = { folder: "/run/1", socket: "/run/1/s", log: "/run/1/log" };
const options = {
  ...{ address: "web1", arguments: ["-F", "/etc/fleet", "-o", "StrictHostKeyChecking=no"], linger: 10 },
  ...{ password: undefined, passphrase: undefined, hostKeys: { file: undefined, acceptNew: false } },
  ...{ keepAlive: { interval: 15_000, countMax: 3 }, timeouts: { connect: 1500, login: 5000 } },
};
const line = (change: Partial<Parameters<typeof masterArguments>[0]> = {}): string =>
  masterArguments({ ...options, ...change }, paths).join(" ");

describe("the master's arguments", () => {
  it("put what must hold before what the user says: the first value wins", () => {
    expect(line().indexOf("StrictHostKeyChecking=yes")).toBeLessThan(line().indexOf("StrictHostKeyChecking=no"));
    expect(line({ hostKeys: { file: undefined, acceptNew: true } })).toContain("StrictHostKeyChecking=accept-new");
    expect(line()).toMatch(/ -- web1$/);
  });

  it("hold no secret, and forbid what would ask for one that is not there", () => {
    expect(line()).toContain("BatchMode=yes");
    const withPassword = line({ password: secret("hush") });
    expect(withPassword).toContain("BatchMode=no");
    expect(withPassword).not.toMatch(/hush|PasswordAuthentication=no/);
    expect(line({ passphrase: () => Promise.resolve(undefined) })).toContain("PasswordAuthentication=no");
  });

  it("name one known_hosts file, and no other, whatever it is called", () => {
    const files = line({ hostKeys: { file: '/a "b"/50%', acceptNew: false } });
    expect(files).toContain('UserKnownHostsFile="/a \\"b\\"/50%%" -o GlobalKnownHostsFile=/dev/null');
  });

  it("round times up to whole seconds", () => {
    expect(line()).toContain("ConnectTimeout=2 ");
    expect(line({ keepAlive: { interval: 0, countMax: 3 } })).toContain("ServerAliveInterval=0 ");
  });
});

describe("a command's arguments", () => {
  const words = sessionArguments({ address: "web1", command: "-x", terminal: false }, paths);

  it("leave it no way to a connection of its own", () => {
    expect(words.join(" ")).toMatch(
      /^-F \/dev\/null -S \/run\/1\/s .*ControlMaster=no -o ProxyCommand=false -o BatchMode=yes/,
    );
  });

  it("end before the host's name, so that a command cannot be taken for an option", () => {
    expect(words.slice(-3)).toEqual(["--", "web1", "-x"]);
  });
});
