import { expect, it } from "vitest";
import { hide } from "../../src/model/hide.ts";
import { secret } from "../../src/model/host.ts";

it("hides the longer of two secrets first, and nothing for an empty one", () => {
  expect(hide("abc abcd", [secret("abc"), secret(""), secret("abcd")])).toBe("******** ********");
});
