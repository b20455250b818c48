import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseExtraVars } from "../../src/cli/extra-vars.ts";
import { secret, type Vars } from "../../src/model/host.ts";
import type { HostReport } from "../../src/model/outcome.ts";
import { compilePlay } from "../../src/plan/compile.ts";
import { parsePlaybook } from "../../src/playbook/parse.ts";
import { withVars } from "../../src/playbook/play-vars.ts";
import { jsonReport } from "../../src/report/json.ts";
import { textReport } from "../../src/report/text.ts";
import { applyFleet } from "../../src/rollout/apply-fleet.ts";
import { reportSurvey, surveyFleet, type Target } from "../../src/rollout/survey.ts";
import { readVarsFiles } from "../../src/source/vars-files.ts";
import { vaultOf } from "../../src/source/vault.ts";
import { readYaml } from "../../src/source/yaml.ts";
import { applyOptions } from "../support/apply-options.ts";
import { plain } from "../support/colours.ts";
import { type LocalFleet, localFleet } from "../support/local-fleet.ts";
import { valid } from "../support/play.ts";
import { vaultJudge } from "../support/vault-judge.ts";

const secrets = ["sEcret-host", "sEcret-play", "sEcret-file", "sEcret-extra"];
const folder = mkdtempSync(join(tmpdir(), "ctfleet-secrets-"));
const vault = vaultOf([{ id: "default", secret: secret("a") }]);
const path = "etc/sysctl.d/90-secret.conf";
let playbook = "";
let hostVars: Vars = {};

beforeAll(async () => {
  const password = { id: "default", password: "a" };
  const texts = await vaultJudge(
    [`${secrets[0]}`, `${secrets[1]}`, `file_pw: ${secrets[2]}\n`, `extra_pw: ${secrets[3]}\n`].map((plain) => ({
      plain,
      with: password,
    })),
  );
  const [host = "", play = "", file = "", extra = ""] = texts.map(String);
  const inline = (text: string, blanks: number) => text.trimEnd().replaceAll("\n", `\n${" ".repeat(blanks)}`);
  hostVars = valid(readYaml({ file: "hosts.yml", text: `host_pw: !vault |\n  ${inline(host, 2)}\n` }, { vault }))
    .value as Vars;
  writeFileSync(join(folder, "vault.yml"), file);
  writeFileSync(join(folder, "extra.yml"), extra);
  playbook = `- name: test
  hosts: all
  vars:
    play_pw: !vault |
      ${inline(play, 6)}
    both: "{{ host_pw }}/{{ file_pw }}"
  vars_files: [vault.yml]
  tasks:
    - template: { src: t.hbs, dest: /${path}, mode: "0600" }
      when: vars.host_pw.startsWith("sEcret")
    - settings: { path: /etc/other.conf, absent: [x.y] }
    - verify: ["vars.host_pw == 'no'", "host.name != vars.nothing[vars.extra_pw]"]
`;
});
afterAll(() => rmSync(folder, { recursive: true }));
let fleet: LocalFleet;
afterEach(() => fleet.remove());

const template =
  "# {{host.name}}\na = {{vars.host_pw}}\nb = {{vars.play_pw}} {{vars.file_pw}}\nc = {{vars.both}}\nd = {{vars.extra_pw}}\n";

const compiled = async () => {
  const [play] = valid(parsePlaybook({ file: join(folder, "play.yml"), text: playbook }, vault)).plays;
  if (play === undefined) throw new Error("no play");
  const { vars: files } = valid(await readVarsFiles(join(folder, "play.yml"), play.varsFiles, vault));
  const extra = valid(await parseExtraVars([`@${join(folder, "extra.yml")}`, "nothing={}"], vault));
  return valid(compilePlay(withVars(play, { files, extra }), new Map([["t.hbs", { file: "t.hbs", text: template }]])));
};

/** All that a run could print, in every form. */
const output = (hosts: readonly HostReport[]): string =>
  textReport(hosts, { colours: plain, diffs: true, from: "info", brief: false, fold: false }) +
  textReport(hosts, { colours: plain, diffs: true, from: "info", brief: true, fold: true }) +
  jsonReport({ command: "apply", run: "r", exit: 0, hosts });

describe("values from vaults in inventory, play, vars_files and -e", () => {
  it("reach the host's file as they are, and no report", async () => {
    const play = await compiled();
    fleet = localFleet({ a: ["none"] });
    fleet.write("a", path, "a = an-older-sEcret\nb = x\n");
    const targets: readonly Target[] = fleet.hosts.map((host) => ({
      host: { ...host, vars: { ...host.vars, ...hostVars } },
      plays: [play],
      become: { kind: "no" },
    }));
    const walk = fleet.walk();
    const surveys = await surveyFleet(targets, walk);
    const planned = output(targets.map(({ host }) => reportSurvey(host.name, surveys.get(host.name))));
    expect(planned).toMatch(/\+c = \*{8}$/m);
    expect(planned).not.toContain("sEcret");

    const reports = await applyFleet([play], targets, surveys, applyOptions(walk));
    const [host, own, file, extra] = secrets;
    expect(fleet.read("a", path)).toBe(`# a\na = ${host}\nb = ${own} ${file}\nc = ${host}/${file}\nd = ${extra}\n`);
    expect(reports[0]?.outcome.kind).toBe("failed");
    expect(output(reports)).toContain("vars.host_pw == 'no'");
    expect(output(reports)).not.toContain("sEcret");
  });
});
