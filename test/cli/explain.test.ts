import { describe, expect, it, vi } from "vitest";
import { run } from "../../src/cli/run.ts";

/** Runs the command line and gives its exit code with what it printed. */
const ran = async (...words: readonly string[]) => {
  const printed = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      printed[name] += String(text);
      return true;
    }),
  );
  try {
    return { exit: await run(["explain", ...words], "0.0.0"), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
};

describe("ctfleet explain", () => {
  it("prints one finding", async () => {
    const { exit, stdout, stderr } = await ran("ct202");
    expect([exit, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^CT202 warning: wrong after the next boot/);
  });

  it("lists all of them without a code", async () => {
    const { exit, stdout } = await ran();
    expect(exit).toBe(0);
    expect(stdout).toContain("  CT101  error    the table was full and packets were dropped\n");
  });

  it("refuses an unknown code, and says the nearest", async () => {
    expect(await ran("CT203x")).toEqual({
      exit: 1,
      stdout: "",
      stderr: "ctfleet: CT203x is no finding; did you mean CT203?\n(ctfleet explain lists all of them)\n",
    });
  });

  it("shows a code that is none at all without its control characters", async () => {
    const { exit, stderr } = await ran("\u001b[31mCT");
    expect(exit).toBe(1);
    expect(stderr).toContain("\\x1b[31mCT is no finding");
  });

  it("prints JSON for scripts", async () => {
    const { exit, stdout } = await ran("CT502", "--output", "json");
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, code: "CT502", family: "Risks", severity: "warning" });
  });
});
