import { describe, expect, it } from "vitest";
import { secret } from "../../src/model/host.ts";
import { readPrompt, withoutPrompt } from "../../src/ssh/prompt.ts";

const prompt = { marker: "[ctfleet 0f] password: ", ready: "ctfleet-0f-ready", answer: secret("pässwörd") };

describe("readPrompt", () => {
  it("counts how often it was asked and sees the start", () => {
    expect(readPrompt(Buffer.from("lecture\n[ctfleet 0f] pass"), prompt)).toEqual({ asked: 0, ready: false });
    expect(readPrompt(Buffer.from("lecture\n[ctfleet 0f] password: "), prompt)).toEqual({ asked: 1, ready: false });
    expect(readPrompt(Buffer.from("[ctfleet 0f] password: ctfleet-0f-ready\n"), prompt)).toEqual({
      asked: 1,
      ready: true,
    });
  });

  it("counts no prompt after the start: that is the script's own output", () => {
    const stderr = Buffer.from("ctfleet-0f-ready\n[ctfleet 0f] password: ");
    expect(readPrompt(stderr, prompt)).toEqual({ asked: 0, ready: true });
  });

  it("does not take a refusal that repeats the command for its start", () => {
    const refusal =
      "Sorry, user guest is not allowed to execute '/bin/sh -c echo ctfleet-0f-ready >&2; exec /bin/sh -s' as root";
    expect(readPrompt(Buffer.from(refusal), prompt).ready).toBe(false);
  });
});

it("takes the conversation out of stderr and keeps every other byte", () => {
  const noise = Buffer.from([0xff, 0x00, 0xe4]);
  const stderr = Buffer.concat([
    noise,
    Buffer.from("[ctfleet 0f] password: ctfleet-0f-ready\r\nsh: pässwörd: not found\n"),
    noise,
  ]);
  expect(withoutPrompt(stderr, prompt)).toEqual(Buffer.concat([noise, Buffer.from("sh: : not found\n"), noise]));
});
