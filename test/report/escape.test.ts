import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable } from "../../src/report/escape.ts";

describe("host data on a terminal", () => {
  it.each([
    ["a title sequence", "\u001b]0;x\u0007", "\\x1b]0;x\\x07"],
    ["a clipboard write (OSC 52)", "\u001b]52;c;aGk=\u0007", "\\x1b]52;c;aGk=\\x07"],
    ["8-bit CSI", "\u009b31m", "\\x9b31m"],
    ["a line break", "a\nb", "a\\x0ab"],
    ["a right-to-left override", "a\u202eb", "a\\x202eb"],
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
