import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Frame, parseFrames } from "../../src/remote/frames.ts";

const nonce = "0123456789abcdef0123456789abcdef";
const otherNonce = "f".repeat(32);

const write = (frames: readonly Frame[], by = nonce): Buffer =>
  Buffer.concat([
    ...frames.flatMap(({ name, bytes }) => [Buffer.from(`@${by} ${name} ${bytes.length}\n`), bytes, Buffer.from("\n")]),
    Buffer.from(`@${by} end 0\n\n`),
  ]);

const names = fc.stringMatching(/^[a-z][a-z0-9_./-]{0,12}$/).filter((name) => name !== "end");
// Content that looks like frames, the end among them, comes up often.
const forged = fc.constantFrom(`@${nonce} end 0\n\n`, `\n@${nonce} x 3\nabc\n`, `@${otherNonce} end 0\n`, "\0", "\n");
const content = fc
  .array(
    fc.oneof(
      forged.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 40 }),
    ),
  )
  .map((parts) => Buffer.concat(parts));
const frames = fc.array(fc.record({ name: names, bytes: content }), { maxLength: 6 });
// What a login prints before us cannot know the nonce.
const noise = fc
  .oneof(fc.string(), fc.constantFrom(`@${otherNonce} end 0\n\n`, "@", `motd ${nonce}\n`))
  .map((text) => Buffer.from(text && `${text}\n`));

const texts = (list: readonly Frame[]) => list.map(({ name, bytes }) => [name, Buffer.from(bytes).toString("hex")]);
const whole = (output: Uint8Array) => {
  const parsed = parseFrames(output, nonce);
  return parsed.kind === "whole" ? texts(parsed.frames) : parsed.because;
};

describe("frames", () => {
  it("come out as they went in, with noise before and junk after", () => {
    fc.assert(
      fc.property(frames, noise, fc.uint8Array(), (list, before, after) => {
        expect(whole(Buffer.concat([before, write(list), after]))).toEqual(texts(list));
      }),
    );
  });

  it("are garbled when cut at any byte before the end was said", () => {
    fc.assert(
      fc.property(frames, noise, (list, before) => {
        const output = Buffer.concat([before, write(list)]);
        const said = output.length - 2;
        for (let at = 0; at < said; at++) expect(parseFrames(output.subarray(0, at), nonce).kind).toBe("garbled");
      }),
      { numRuns: 30 },
    );
  });

  it("never say what was not sent when a byte is lost or added: at most the first part goes with its header", () => {
    const list = ["a", "b"].map((name) => ({ name, bytes: Buffer.from("one") }));
    const output = write(list);
    const safe = (bytes: Uint8Array, where: string) => {
      const parsed = parseFrames(bytes, nonce);
      const sent = texts(list);
      if (parsed.kind === "whole") expect([sent, sent.slice(1)], where).toContainEqual(texts(parsed.frames));
    };
    for (let at = 0; at < output.length - 2; at++) {
      safe(Buffer.concat([output.subarray(0, at), output.subarray(at + 1)]), `without byte ${at}`);
      safe(Buffer.concat([output.subarray(0, at), Buffer.from("?"), output.subarray(at)]), `a byte more at ${at}`);
    }
  });

  it("of another run are not ours", () => {
    expect(whole(write([], otherNonce))).toBe("the script's output has no beginning");
    expect(parseFrames(Buffer.concat([Buffer.from(`@${nonce} a 1\nx\n`), write([], otherNonce)]), nonce).kind).toBe(
      "garbled",
    );
  });

  it.each([
    `@${nonce} a -1\n`,
    `@${nonce} a 1e3\n`,
    `@${nonce} a 9999999999\n`,
    `@${nonce} A 1\nx\n`,
    `@${nonce}  1\n`,
    "",
  ])("with an odd header are garbled: %j", (start) =>
    expect(parseFrames(Buffer.from(`${start}@${nonce} end 0\n`), nonce).kind).toBe(start === "" ? "whole" : "garbled"),
  );

  it("never throw, whatever comes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseFrames(bytes, nonce)));
  });
});
