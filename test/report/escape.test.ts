import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable, safeJson } from "../../src/report/escape.ts";

describe("host data on a terminal", () => {
  it.each([
    ["a title sequence", "\u001b]0;x\u0007", "\\x1b]0;x\\x07"],
    ["a clipboard write (OSC 52)", "\u001b]52;c;aGk=\u0007", "\\x1b]52;c;aGk=\\x07"],
    ["8-bit CSI", "\u009b31m", "\\x9b31m"],
    ["a line break", "a\nb", "a\\x0ab"],
    ["a right-to-left override", "a\u202eb", "a\\x202eb"],
    ["an Arabic letter mark", "a\u061cb", "a\\x61cb"],
    ["a tag character", "a\u{e0041}b", "a\\xe0041b"],
    ["plain text and a tab", "naïve\tok ✓", "naïve\tok ✓"],
  ])("%s is shown, not sent", (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });
  it("never holds a control character, whatever it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        // biome-ignore lint: control characters are what is looked for
        expect(printable(text)).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/);
      }),
    );
  });
  it("says how much was left out", () => {
    expect(printable("x".repeat(30), 10)).toBe("xxxxxxxxxx... (20 more characters)");
  });
});

describe("host data in JSON", () => {
  it("reads back as it was, and holds no character that a terminal acts on", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const odd = `${text}\u009b31m\u202e\u{e0041}`;
        const json = safeJson({ odd });
        expect(JSON.parse(json)).toEqual({ odd });
        // biome-ignore lint: control characters are what is looked for
        expect(json).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|\u{e0041}/u);
      }),
    );
  });
});
