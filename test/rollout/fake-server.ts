import type { Failure, FailureCode } from "../../src/model/failure.ts";
import type { ConnectResult, Remote } from "../../src/remote/port.ts";
import type { FakeClock } from "../support/fake-clock.ts";

/** A server's logins: it takes each for a while, or turns it away at once. */
export type FakeServer = {
  readonly connect: () => Promise<ConnectResult>;
  readonly tries: () => number;
  /** The most that were under way at one time. */
  readonly busiest: () => number;
};

type Rule = (state: {
  readonly underway: number;
  readonly tries: number;
  readonly now: number;
}) => FailureCode | undefined;

/** `rule` says how a try fails; undefined lets it in after `loginMs`. */
export const fakeServer = (clock: FakeClock, loginMs: number, rule: Rule): FakeServer => {
  let tries = 0;
  let underway = 0;
  let busiest = 0;
  return {
    tries: () => tries,
    busiest: () => busiest,
    connect: async () => {
      tries += 1;
      const code = rule({ underway, tries, now: clock.now() });
      underway += 1;
      busiest = Math.max(busiest, underway);
      await clock.sleep(code === undefined ? loginMs : 1);
      underway -= 1;
      return code === undefined ? { kind: "connected", remote } : { kind: "failed", failure: failure(code) };
    },
  };
};

export const failure = (code: FailureCode): Failure => ({ code, detail: "", sent: false });

const remote: Remote = {
  exec: () => Promise.reject(new Error("nothing runs here")),
  close: () => undefined,
};

/** sshd's random early drop (sshd_config, MaxStartups START:RATE:FULL). */
export const maxStartups =
  (start: number, rate: number, full: number, random: () => number): Rule =>
  ({ underway }) => {
    if (underway < start) return undefined;
    const share = underway >= full ? 1 : (rate + ((100 - rate) * (underway - start)) / (full - start)) / 100;
    return random() < share ? "connection_lost_before_login" : undefined;
  };

/** Numbers from 0 to 1, the same in each run of a test: the multiplicative generator of C++'s minstd_rand. */
export const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};
