import { homedir } from "node:os";
import { describe, expect, it } from "vitest";
import type { FleetOptions } from "../../src/cli/options.ts";
import { trialRecord, withTrialOptions } from "../../src/cli/trial.ts";
import type { RunId } from "../../src/model/brand.ts";

const usual: FleetOptions = { forks: 50, output: "text", failOn: "warning", maxUnreachable: 0, verbose: 0 };
const trial = {
  run: "20261122T165150Z-3f9a12bc" as RunId,
  playbook: "raise.yaml",
  seconds: 60,
  hosts: ["a"],
  now: 1000,
};

describe("what a trial remembers", () => {
  it("has absolute paths, so that it can be persisted from any folder", () => {
    const { options, playbook } = trialRecord(
      {
        ...usual,
        inventory: ["hosts.yaml", "web1,web2,"],
        sshConfig: "none",
        privateKey: "~/.ssh/id",
        vaultId: ["dev@pass.txt", "prod@prompt"],
        knownHosts: "known",
      },
      trial,
    );
    const here = process.cwd();
    expect(playbook).toBe(`${here}/raise.yaml`);
    expect(options).toEqual({
      inventory: [`${here}/hosts.yaml`, "web1,web2,"],
      sshConfig: "none",
      privateKey: `${homedir()}/.ssh/id`,
      vaultId: [`dev@${here}/pass.txt`, "prod@prompt"],
      knownHosts: `${here}/known`,
    });
  });

  it("keeps no variable of -e, and says that there were some", () => {
    const record = trialRecord({ ...usual, inventory: ["h,"], extraVars: ["token=hunter2"] }, trial);
    expect(record.hadExtraVars).toBe(true);
    expect(JSON.stringify(record)).not.toContain("hunter2");
  });

  it("ends when its seconds are over", () => {
    expect(trialRecord(usual, trial).ends).toBe(61_000);
  });

  it("yields to what is given anew, and changes nothing else", () => {
    const record = trialRecord({ ...usual, inventory: ["old,"], user: "deploy", become: true }, trial);
    expect(withTrialOptions({ ...usual, forks: 5, user: "root" }, record)).toEqual({
      ...usual,
      forks: 5,
      user: "root",
      inventory: ["old,"],
      become: true,
    });
  });
});
