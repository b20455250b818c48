import { describe, expect, it } from "vitest";
import type { FleetOptions } from "../../src/cli/options.ts";
import { becomeOf, targetsOf, withPassword } from "../../src/cli/targets.ts";
import { type Connection, secret } from "../../src/model/host.ts";
import { describeProblem } from "../../src/report/describe.ts";
import { emptyConfig } from "../../src/ssh/config/config.ts";
import { planRoute } from "../../src/ssh/routes.ts";
import { aHost, compiledPlays } from "../support/play.ts";

const options = {} as FleetOptions;
const account = { localUser: "me", localUid: 1000, home: "/home/me", localHostname: "desk", env: {} };
const common = {
  user: undefined,
  privateKeyFile: undefined,
  sshOptions: [],
  connectTimeout: undefined,
  transport: undefined,
};

/** The way to a host with these connection variables, for the account `me`. */
const routeWith = (connection: Partial<Connection>) => {
  const host = { ...aHost, connection: { ...aHost.connection, ...connection } };
  const routed = planRoute(host, { config: emptyConfig, account, common });
  if (routed.kind === "fault") throw new Error(routed.because);
  return routed.route;
};

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
    ["another login user", { user: "root" }, { become: true }, undefined, "me"],
  ])("%s", (_, connection, { become, becomeUser }, asked, user) => {
    const runs = becomeOf(
      routeWith(connection),
      { become, becomeUser, becomeMethod: undefined },
      { ...options, ...(asked === undefined ? {} : { become: asked }) },
    );
    expect(runs.kind === "no" ? "me" : runs.user).toBe(user);
  });
});

describe("two plays of one host", () => {
  const targets = (plays: string, more: Partial<FleetOptions> = {}, connection: Partial<Connection> = {}) => {
    const compiled = compiledPlays({ file: "play.yaml", text: plays });
    const names = new Set([aHost.name]);
    return targetsOf(
      compiled.map((play) => ({ play, hosts: names })),
      [routeWith(connection)],
      { ...options, ...more },
    );
  };
  const differing = "- { name: A, hosts: all, become: true }\n- { name: B, hosts: all }\n";

  it("must agree on become", () => {
    const checked = targets(differing);
    if (checked.kind === "ok") throw new Error("taken");
    expect(checked.problems.map(describeProblem)).toEqual([
      'play.yaml:2:21 web1: "A" runs as root by sudo and "B" runs as the login user; the plays of one host must agree on become, become_user and become_method',
    ]);
  });

  it("must agree on become_user", () => {
    const plays =
      "- { name: A, hosts: all, become: true }\n- { name: B, hosts: all, become: true, become_user: app }\n";
    expect(targets(plays)).toMatchObject({ kind: "problems" });
    expect(targets(plays, {}, { becomeUser: "ops" })).toMatchObject({ kind: "ok" });
  });

  it("must agree on become_method", () => {
    const by = (method: string) => `become: true, become_method: ${method}`;
    const plays = `- { name: A, hosts: all, ${by("su")} }\n- { name: B, hosts: all, ${by("sudo")} }\n`;
    expect(targets(plays)).toMatchObject({ kind: "problems" });
    expect(targets(plays, {}, { becomeMethod: "doas" })).toMatchObject({
      kind: "ok",
      value: [{ become: { kind: "doas" } }],
    });
  });

  it("agree where the host or the command line makes them", () => {
    expect(targets(differing, {}, { become: false })).toMatchObject({
      kind: "ok",
      value: [{ become: { kind: "no" } }],
    });
    expect(targets(differing, { become: true })).toMatchObject({ kind: "ok", value: [{ become: { user: "root" } }] });
  });
});

describe("the password that was asked for", () => {
  const by = (become: Partial<Connection>, method?: "su") =>
    becomeOf(
      routeWith({ become: true, ...become }),
      undefined,
      method === undefined ? options : { ...options, becomeMethod: method },
    );
  const answer = (become: Parameters<typeof withPassword>[0]) => {
    const known = withPassword(become, secret("typed"));
    return known.kind === "no" ? "nobody" : `${known.kind} ${known.password?.reveal()}`;
  };

  it("is for hosts whose inventory has none, whatever the method", () => {
    expect(answer(by({}))).toBe("sudo typed");
    expect(answer(by({}, "su"))).toBe("su typed");
    expect(answer(by({ becomeMethod: "doas" }, "su"))).toBe("doas typed");
  });
  it("is not for a host with its own, nor where nobody is to be become", () => {
    expect(answer(by({ becomePassword: secret("own") }))).toBe("sudo own");
    expect(answer(by({ user: "root" }))).toBe("nobody");
  });
});
