import { expect, it } from "vitest";
import { describeFailure } from "../../src/report/describe.ts";
import type { HostKeyVerdict } from "../../src/ssh/host-key-verdict.ts";
import { parseKnownHosts } from "../../src/ssh/known-hosts.ts";
import { failureOf } from "../../src/ssh/trouble.ts";

const key = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from("ssh-ed25519"), Buffer.from([0, 0, 0, 1, 7])]);
const [entry] = parseKnownHosts("/kh", `[web1]:2222 ssh-ed25519 ${key.toString("base64")}\n`).entries;

const said = (verdict: HostKeyVerdict, because?: string): string => {
  const host = { address: "web1", port: 2222 };
  const trouble = {
    kind: "host_key",
    verdict,
    key,
    host,
    files: ["/kh", "/kh2"],
    ...(because && { because }),
  } as const;
  return describeFailure(failureOf(trouble, { sent: false, secrets: [] })).replace(/SHA256:\S{43}/, "SHA256:...");
};
const shown = "[web1]:2222 shows the ssh-ed25519 key SHA256:...";

it("a refused host key is told as a fact, with what to paste, and what to do next once", () => {
  expect(said({ kind: "changed", entry: entry! })).toBe(
    `THE HOST KEY IS NOT THE KNOWN ONE; nothing was sent: ${shown}, but /kh:1 has another one (to remove that: ssh-keygen -R '[web1]:2222' -f /kh); next: find out why before anything else; only where it is right, for instance after a new installation, remove that line and verify the new key`,
  );
  expect(said({ kind: "unknown" })).toContain(
    `the host key is not in known_hosts: ${shown}, and there is no line for it in /kh, /kh2; next: verify its fingerprint`,
  );
  expect(said({ kind: "unknown" }, "which was not accepted when asked")).toContain(
    `${shown}, which was not accepted when asked; next: `,
  );
  expect(said({ kind: "revoked", entry: entry! })).toContain(`nothing was sent: ${shown}, which /kh:1 revokes; next: `);
  expect(said({ kind: "authority", entry: entry! })).toContain(
    `${shown}, and only who certifies it is known (/kh:1): its certificate is verified with --transport openssh; next: `,
  );
});
