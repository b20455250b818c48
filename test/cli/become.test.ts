import { describe, expect, it } from "vitest";
import { type BecomeOptions, becomeOf, targetsOf } from "../../src/cli/fleet.ts";
import type { Connection } from "../../src/model/host.ts";
import { describeProblem } from "../../src/report/describe.ts";
import { aHost, compiledPlays } from "../support/play.ts";

const options = { becomePassword: undefined } as BecomeOptions;
const hostWith = (connection: Partial<Connection>) => ({
  ...aHost,
  connection: { ...aHost.connection, user: "me", ...connection },
});

describe("who runs a script: the host's variable, else the play's word, else the command line", () => {
  it.each<[string, Partial<Connection>, { become?: boolean; becomeUser?: string }, boolean | undefined, string]>([
    ["nobody says anything", {}, {}, undefined, "me"],
    ["-b", {}, {}, true, "root"],
    ["the play says no to -b", {}, { become: false }, true, "me"],
    ["the host says no to the play and to -b", { become: false }, { become: true }, true, "me"],
    ["the host says yes to a play that does not", { become: true }, { become: false }, undefined, "root"],
    ["a user of the play", {}, { become: true, becomeUser: "app" }, undefined, "app"],
    ["a user of the play with -b", {}, { becomeUser: "app" }, true, "app"],
    ["a user of the host before the play's", { becomeUser: "ops" }, { becomeUser: "app" }, true, "ops"],
    ["the login user", { becomeUser: "me" }, { become: true }, undefined, "me"],
  ])("%s", (_, connection, { become, becomeUser }, asked, user) => {
    const runs = becomeOf(
      hostWith(connection),
      { become, becomeUser },
      { ...options, ...(asked === undefined ? {} : { become: asked }) },
    );
    expect(runs.kind === "no" ? "me" : runs.user).toBe(user);
  });
});

describe("two plays of one host", () => {
  const targets = (plays: string, more: Partial<BecomeOptions> = {}, connection: Partial<Connection> = {}) => {
    const host = hostWith(connection);
    const compiled = compiledPlays({ file: "play.yaml", text: plays });
    const hosts = [host];
    const names = new Set([host.name]);
    const inventory = { hosts, groups: new Map() };
    return targetsOf(
      { inventory, hosts, plays: compiled.map((play) => ({ play, hosts: names })) },
      { ...options, ...more },
    );
  };
  const differing = "- { name: A, hosts: all, become: true }\n- { name: B, hosts: all }\n";

  it("must agree on become", () => {
    const checked = targets(differing);
    if (checked.kind === "ok") throw new Error("taken");
    expect(checked.problems.map(describeProblem)).toEqual([
      'play.yaml:2:21 web1: "A" runs as root and "B" runs as the login user; the plays of one host must agree on become and become_user',
    ]);
  });

  it("must agree on become_user", () => {
    const plays =
      "- { name: A, hosts: all, become: true }\n- { name: B, hosts: all, become: true, become_user: app }\n";
    expect(targets(plays)).toMatchObject({ kind: "problems" });
    expect(targets(plays, {}, { becomeUser: "ops" })).toMatchObject({ kind: "ok" });
  });

  it("agree where the host or the command line makes them", () => {
    expect(targets(differing, {}, { become: false })).toMatchObject({
      kind: "ok",
      value: [{ become: { kind: "no" } }],
    });
    expect(targets(differing, { become: true })).toMatchObject({ kind: "ok", value: [{ become: { user: "root" } }] });
  });
});
