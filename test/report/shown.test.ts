import { describe, expect, it } from "vitest";
import type { Action } from "../../src/model/action.ts";
import type { HostPath } from "../../src/model/brand.ts";
import { secret } from "../../src/model/host.ts";
import { actionDiff } from "../../src/report/diff.ts";

const from = { kind: "regular", sha256: "0".repeat(64), mode: 0o600, uid: 0, gid: 0 } as const;
const change = (before: string, text: string, ...secrets: readonly string[]): Action => ({
  kind: "write",
  task: "t",
  path: "/etc/x" as HostPath,
  text,
  mode: 0o600,
  uid: 0,
  gid: 0,
  from,
  before,
  secrets: secrets.map(secret),
});
const lines = (action: Action): readonly string[] =>
  (actionDiff(action) ?? "").split("\n").filter((line) => /^[-+ (](?![-+])/.test(line));

describe("the diff of a file that a vaulted value went into", () => {
  it("has ******** where the value stands, and nothing else hidden", () => {
    expect(lines(change("a = 1\n", "a = 2\npw = hunter2\nb = hunter\n", "hunter2"))).toEqual([
      "-a = 1",
      "+a = 2",
      "+pw = ********",
      "+b = hunter",
    ]);
  });

  it("does not show the older value that it replaces, which nobody knows", () => {
    expect(lines(change("a = 1\npw = old-one\n", "a = 2\npw = hunter2\n", "hunter2"))).toEqual([
      "-a = 1",
      "+a = 2",
      " pw = ********",
    ]);
    expect(lines(change("u=joe;p=old;d=x\n", "u=joe;p=new;d=x\n", "new", "joe"))).toEqual([
      "(only hidden values differ)",
    ]);
  });

  it("says that only hidden values differ, where that is so", () => {
    expect(lines(change("pw = old\n", "pw = hunter2\n", "hunter2"))).toEqual(["(only hidden values differ)"]);
  });

  it("hides a value that begins with another one whole", () => {
    expect(lines(change("", "x hunter22\n", "hunter2", "hunter22"))).toEqual(["+x ********"]);
  });

  it("hides the value in a file that goes", () => {
    const path = "/etc/x" as HostPath;
    const secrets = [secret("hunter2")];
    const gone: Action = { kind: "remove", task: "t", path, from, before: "pw = hunter2\n", secrets };
    expect(lines(gone)).toEqual(["-pw = ********"]);
  });

  it("is the plain diff where no vaulted value is in it", () => {
    expect(lines(change("a\n", "b\n"))).toEqual(["-a", "+b"]);
  });
});
