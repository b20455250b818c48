import { homedir } from "node:os";
import { describe, expect, it } from "vitest";
import { keptOptions, withKeptOptions } from "../../src/cli/kept-options.ts";
import type { FleetOptions } from "../../src/cli/options.ts";

const usual: FleetOptions = { forks: 50, output: "text", failOn: "warning", maxUnreachable: 0, verbose: 0 };

describe("what a run remembers of the command line", () => {
  it("has absolute paths, so that it can be gone on with from any folder", () => {
    const here = process.cwd();
    const options = keptOptions({
      ...usual,
      inventory: ["hosts.yaml", "web1,web2,"],
      sshConfig: "none",
      privateKey: "~/.ssh/id",
      vaultId: ["dev@pass.txt", "prod@prompt"],
      knownHosts: "known",
    });
    expect(options).toEqual({
      inventory: [`${here}/hosts.yaml`, "web1,web2,"],
      sshConfig: "none",
      privateKey: `${homedir()}/.ssh/id`,
      vaultId: [`dev@${here}/pass.txt`, "prod@prompt"],
      knownHosts: `${here}/known`,
    });
  });

  it("has no variable of -e", () => {
    expect(JSON.stringify(keptOptions({ ...usual, extraVars: ["token=hunter2"] }))).not.toContain("hunter2");
  });

  it("yields to what is given anew, and changes nothing else", () => {
    const options = keptOptions({ ...usual, inventory: ["old,"], user: "deploy", become: true });
    expect(withKeptOptions({ ...usual, forks: 5, user: "root" }, options)).toEqual({
      ...usual,
      forks: 5,
      user: "root",
      inventory: ["old,"],
      become: true,
    });
  });
});
