import { expect, it } from "vitest";
import { nearest } from "../../src/expr/nearest.ts";

it.each([
  ["templat", "template"],
  ["tempalte", "template"],
  ["conntrak", "conntrack"],
  ["Verify", "verify"],
  ["zebra", undefined],
  ["x".repeat(100), undefined],
])("for %s it suggests %s", (name, expected) => {
  expect(nearest(name, ["conntrack", "template", "settings", "verify"])).toBe(expected);
});
