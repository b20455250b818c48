import { describe, expect, it } from "vitest";
import { secret } from "../../src/model/host.ts";
import type { Prompt } from "../../src/remote/port.ts";
import { type PromptState, readPrompt, withoutAnswer, withoutPrompt } from "../../src/ssh/prompt.ts";

const own: Prompt = {
  kind: "own",
  marker: "[ctfleet 0f] password: ",
  ready: "ctfleet-0f-ready",
  answer: secret("pässwörd"),
  within: 1000,
};
const following: Prompt = { ...own, kind: "following" };

const read = (prompt: Prompt, ...streams: readonly string[]): Omit<PromptState, "words"> => {
  const buffers = streams.map((text) => Buffer.from(text));
  const { asked, waiting, ready } = readPrompt(buffers, prompt);
  return { asked, waiting, ready };
};

describe("a prompt of our own", () => {
  it("counts how often it was asked and sees the start", () => {
    expect(read(own, "lecture\n[ctfleet 0f] pass")).toEqual({ asked: 0, waiting: false, ready: false });
    expect(read(own, "lecture\n[ctfleet 0f] password: ")).toEqual({ asked: 1, waiting: true, ready: false });
    expect(read(own, "[ctfleet 0f] password: ctfleet-0f-ready\n")).toEqual({ asked: 1, waiting: true, ready: true });
  });

  it("does not count what a lecture asks before it", () => {
    expect(read(own, "Password: what?\nPassword: ").asked).toBe(0);
  });

  it("counts a question of another kind after it", () => {
    expect(read(own, "[ctfleet 0f] password: it has expired\n[sudo] password for %p: ").asked).toBe(2);
  });

  it("counts nothing after the start: that is the script's own output", () => {
    expect(read(own, "ctfleet-0f-ready\n[ctfleet 0f] password: ")).toEqual({ asked: 0, waiting: false, ready: true });
  });

  it("does not take a refusal that repeats the command for its start", () => {
    const refusal =
      "Sorry, user guest is not allowed to execute '/bin/sh -c echo ctfleet-0f-ready >&2; exec /bin/sh -s' as root";
    expect(read(own, refusal).ready).toBe(false);
  });
});

describe("a program's prompt after our mark", () => {
  const after = (words: string): Omit<PromptState, "words"> =>
    read(following, `banner\nPassword: ${own.marker}${words}`);

  it.each(["Password: ", "Password:", "\rdoas (deploy@web1) password: ", "Password for deploy@EXAMPLE.ORG: "])(
    "is seen in %j",
    (words) => {
      expect(after(words)).toEqual({ asked: 1, waiting: true, ready: false });
    },
  );

  it.each(["", "su: ", "su: Authentication failure\n", "Verification code: ", "Your password: it expires soon\n"])(
    "is not seen in %j",
    (words) => {
      expect(after(words).waiting).toBe(false);
    },
  );

  it("is seen on the other stream too, and not before our mark", () => {
    expect(read(following, `${own.marker}Password: `, own.marker)).toMatchObject({ asked: 1, waiting: true });
    expect(read(following, "Password: ", "")).toMatchObject({ asked: 0, waiting: false });
  });

  it("is counted again in one line without line feeds", () => {
    expect(after("Password: You must change it.\nCurrent password: New password: ").asked).toBe(3);
  });
});

it("takes the conversation out of a stream and keeps every other byte", () => {
  const noise = Buffer.from([0xff, 0x00, 0xe4]);
  const words = (asked: string): Buffer =>
    Buffer.from(`[ctfleet 0f] password: ${asked}ctfleet-0f-ready\r\nsh: pässwörd: not found\n[ctfleet 0f] password: `);
  const rest = Buffer.from("sh: pässwörd: not found\n[ctfleet 0f] password: ");
  expect(withoutPrompt(Buffer.concat([noise, words(""), noise]), own)).toEqual(Buffer.concat([noise, rest, noise]));
  expect(withoutPrompt(Buffer.concat([words("Password: "), noise]), following)).toEqual(Buffer.concat([rest, noise]));
  const unasked = Buffer.concat([noise, Buffer.from("a file that says pässwörd\n")]);
  expect(withoutPrompt(unasked, own)).toEqual(unasked);
});

it("takes the answer out of words for people, where the host repeats it", () => {
  expect(withoutAnswer(Buffer.from("sh: pässwörd: not found\n"), own).toString()).toBe("sh: : not found\n");
});
