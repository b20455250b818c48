import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/remote/clock.ts";
import { emptyConfig } from "../../src/ssh/config/config.ts";
import { resolveHost } from "../../src/ssh/config/resolve.ts";
import { type EndpointRules, endpointOf, waitsOf } from "../../src/ssh/endpoints.ts";
import type { HostKeysRequest } from "../../src/ssh/host-keys.ts";
import { openKeyring } from "../../src/ssh/keyring.ts";
import { knownIn } from "./login.ts";

const settingsWith = (keyword: string, value: string) =>
  resolveHost(emptyConfig, {
    ...{ host: "web1", user: undefined, port: undefined, options: [{ keyword, value }] },
    ...{ localUser: "me", localUid: 1000, home: "/home/me", localHostname: "desk", env: {} },
  });

/** What is asked of known_hosts for a host with this setting. */
const asked = async (keyword: string, value: string, rest: Partial<EndpointRules> = {}): Promise<HostKeysRequest> => {
  let request: HostKeysRequest | undefined;
  const rules = {
    home: "/home/me",
    knownHosts: undefined,
    acceptNewHostKeys: false,
    whenAsked: "strict",
    ...rest,
  } as const;
  const hostKeys = (one: HostKeysRequest) => {
    request = one;
    return knownIn([]);
  };
  await endpointOf(
    settingsWith(keyword, value),
    { rules, hostKeys, keyring: openKeyring({ clock: systemClock, ask: undefined }) },
    undefined,
  );
  if (request === undefined) throw new Error("nothing was asked");
  return request;
};

describe("an unknown host key", () => {
  const person = { ask: () => Promise.resolve(undefined) };

  it.each([
    ["yes", "strict"],
    ["accept-new", "accept_new"],
    // a changed key is refused all the same
    ["no", "accept_new"],
    ["ask", person],
  ])("is treated as StrictHostKeyChecking %s has it", async (value, policy) => {
    expect((await asked("stricthostkeychecking", value, { whenAsked: person })).policy).toEqual(policy);
  });

  it("is refused where nobody can be asked, and accepted where the command line says so", async () => {
    expect((await asked("stricthostkeychecking", "ask")).policy).toBe("strict");
    expect((await asked("stricthostkeychecking", "yes", { acceptNewHostKeys: true })).policy).toBe("accept_new");
  });

  it("is looked for in the configured files, or in the one of the command line alone", async () => {
    const { userFiles, globalFiles } = await asked("userknownhostsfile", "/one /two");
    expect([userFiles, globalFiles]).toEqual([
      ["/one", "/two"],
      ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
    ]);
    expect(await asked("userknownhostsfile", "/one", { knownHosts: "/mine" })).toMatchObject({
      userFiles: ["/mine"],
      globalFiles: [],
    });
  });
});

it("signs of life are sent every 15 seconds, three may be missed, where the configuration sends none", () => {
  const keepAlive = (keyword: string, value: string) => waitsOf(settingsWith(keyword, value)).keepAlive;
  expect(keepAlive("user", "joe")).toEqual({ interval: 15_000, countMax: 3 });
  expect(keepAlive("serveraliveinterval", "0")).toEqual({ interval: 15_000, countMax: 3 });
  expect(keepAlive("serveraliveinterval", "1m")).toEqual({ interval: 60_000, countMax: 3 });
});
