import { expect, it } from "vitest";
import { describeFailure } from "../../src/report/describe.ts";
import { failureOf } from "../../src/ssh/trouble.ts";

it.each(["EMFILE", "ENFILE"])("%s is a lack of this machine, not a defect and not the host's fault", (code) => {
  const failure = failureOf({ kind: "socket", code, message: `connect ${code}` }, { sent: false, secrets: [] });
  expect(failure.code).toBe("no_file_descriptor");
  expect(describeFailure(failure)).toBe(
    `this machine has no file descriptor left: connect ${code}; next: fewer hosts at once (-f), or a higher limit (ulimit -n)`,
  );
});
