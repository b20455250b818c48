import { beforeAll, describe, expect, it } from "vitest";
import { parseInventory } from "../../src/inventory/parse.ts";
import { listInventory } from "../../src/inventory/show.ts";
import { secret } from "../../src/model/host.ts";
import { vaultOf } from "../../src/source/vault.ts";
import { vaultJudge } from "../support/vault-judge.ts";

const vault = vaultOf([{ id: "default", secret: secret("p") }]);
const plain = `
[web]
web1 ansible_port=2222 token=s3cret
[web:vars]
ansible_group_priority=5
pins=[4711, {"a": "s3cret"}]
on=True
`;
let text = "";
beforeAll(async () => {
  [text] = (await vaultJudge([{ plain, with: { id: "default", password: "p" } }])) as readonly [string];
});

describe("an INI inventory that is encrypted as a whole", () => {
  it.each(["hosts", "hosts.ini"])("is read as %s, and its values are hidden", (file) => {
    const read = parseInventory([{ kind: "file", file, text }], { vault });
    expect(read.kind === "ok" ? listInventory(read.value) : read.problems).toMatchObject({
      _meta: {
        hostvars: {
          web1: { ansible_port: "********", token: "********", pins: ["********", { a: "********" }], on: true },
        },
      },
      web: { hosts: ["web1"] },
    });
  });

  it("says what to do where no password is given", () => {
    expect(parseInventory([{ kind: "file", file: "hosts.ini", text }])).toMatchObject({
      problems: [{ at: { file: "hosts.ini" }, message: expect.stringContaining("--vault-password-file") as string }],
    });
  });

  it("says where it is wrong, and shows nothing of it", async () => {
    const [wrong] = (await vaultJudge([
      { plain: "web1 token = hunter2\n", with: { id: "default", password: "p" } },
    ])) as readonly [string];
    const read = parseInventory([{ kind: "file", file: "hosts", text: wrong }], { vault });
    expect(read).toMatchObject({ problems: [{ at: { line: 1, column: 6 } }, {}, {}] });
    expect(JSON.stringify(read)).not.toContain("hunter2");
  });
});

it("a vault of millions of digits is damaged, and no crash", () => {
  const digits = "30".repeat(6_000_000);
  expect(vault.decrypt(`$ANSIBLE_VAULT;1.1;AES256\n${digits}\n`)).toMatchObject({ kind: "fault" });
});
