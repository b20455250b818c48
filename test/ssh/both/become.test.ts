import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BecomeMethod, secret } from "../../../src/model/host.ts";
import { runScript, type ScriptResult } from "../../../src/remote/script.ts";
import { testPassword } from "../../support/accounts.ts";
import { type Sshd, startSshd } from "../../support/sshd.ts";
import { names, openTransport, type Transport, targetOf, withRemote } from "./transports.ts";

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
});
afterAll(() => sshd.stop());

const nonce = "00112233445566778899aabbccddeeff";

describe.each(names)("sudo over %s", (name) => {
  let transport: Transport;
  beforeAll(() => {
    transport = openTransport(name, sshd.folder);
  });
  afterAll(() => transport.close());

  const become = (
    user: string,
    password?: string,
    { kind = "sudo", script = "id -un; cat" }: { readonly kind?: BecomeMethod; readonly script?: string } = {},
  ): Promise<ScriptResult> =>
    withRemote(transport, { ...targetOf(sshd), user }, (remote) =>
      runScript(remote, {
        become: {
          ...{ kind, user: "root", exe: undefined, flags: [] },
          password: password === undefined ? undefined : secret(password),
        },
        ...{ script, nonce, within: 20_000, changes: true },
      }),
    );
  const said = (result: ScriptResult): string =>
    result.kind === "failed" ? result.failure.code : Buffer.from(result.stdout).toString("utf8");

  it("needs no password where none is wanted, with a POSIX shell, fish or csh", async () => {
    for (const user of ["deploy", "fisher", "tess"]) expect(said(await become(user))).toBe("root\n");
  });

  it("gets the password when it asks for it, and not otherwise", async () => {
    expect(said(await become("operator", testPassword))).toBe("root\n");
    expect(said(await become("deploy", "never-sent"))).toBe("root\n");
  });

  it.each(["sudo", "su", "doas"] as const)(
    "keeps a script's output whole that holds the password, by %s",
    async (kind) => {
      const script = `printf 'of %s, as told\\n' '${testPassword}'; exit 0\n`;
      // su asks for root's password, the others for the user's own
      await sshd.hosts[0]!.run("printf 'permit operator as root\\n' >/etc/doas.conf; chmod 600 /etc/doas.conf");
      await sshd.hosts[0]!.run(`usermod -p "$(getent shadow operator | cut -d: -f2)" root`);
      expect(said(await become("operator", testPassword, { kind, script }))).toBe(`of ${testPassword}, as told\n`);
    },
  );

  it("says so when the password is wrong, or missing", async () => {
    for (const password of ["swordfish", undefined])
      expect(said(await become("operator", password))).toBe("become_refused");
  });
});
