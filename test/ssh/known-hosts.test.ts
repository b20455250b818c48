import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexKnownHosts, judgeHostKey, needsCertificates, orderAlgorithms } from "../../src/ssh/host-key-verdict.ts";
import { fingerprint, keyType, knownName, parseKnownHosts } from "../../src/ssh/known-hosts.ts";

/** A public key in wire form: its type, then some bytes. */
const key = (type: string, content = "x".repeat(32)): Buffer => {
  const field = (text: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text, "latin1")]);
  };
  return Buffer.concat([field(type), field(content)]);
};
const line = (names: string, blob: Buffer): string => `${names} ${keyType(blob) ?? ""} ${blob.toString("base64")}`;
const find = (text: string, address: string, port = 22) =>
  indexKnownHosts(parseKnownHosts("known_hosts", text).entries).find({ address, port });
const judge = (text: string, blob: Buffer, address = "web1", port = 22): string =>
  judgeHostKey(find(text, address, port), blob).kind;

const ed25519 = key("ssh-ed25519");

describe("parseKnownHosts", () => {
  it("numbers bad lines and keeps the good ones", () => {
    const text = [
      "# comment",
      "",
      "web1",
      line("web1", ed25519),
      "@odd web1 a b",
      "|1|short|short ssh-rsa AAAA",
      "web1 ssh-rsa !!",
      "",
    ];
    const { entries, problems } = parseKnownHosts("f", text.join("\r\n"));
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ file: "f", line: 4, type: "ssh-ed25519", revoked: false });
    expect(problems.map((problem) => problem.line)).toEqual([3, 5, 6, 7]);
  });

  it("refuses a key whose type is not the one that the line names", () => {
    expect(parseKnownHosts("f", `web1 ssh-rsa ${ed25519.toString("base64")}`).entries).toEqual([]);
  });

  it("survives any text, and accounts for every line that says something", () => {
    const word = fc.oneof(
      fc.constantFrom("@revoked", "@cert-authority", "|1|a|b", "web1,!web2", "*", "ssh-rsa", "AAAA", "#"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.array(word)), (lines) => {
        const text = lines.map((words) => words.join(" ")).join("\n");
        const { entries, problems } = parseKnownHosts("f", text);
        const numbers = [...entries, ...problems].map((one) => one.line);
        expect(new Set(numbers).size).toBe(numbers.length);
        expect(Math.max(0, ...numbers)).toBeLessThanOrEqual(text.split("\n").length);
      }),
    );
  });
});

describe("judgeHostKey", () => {
  it("never takes a key that no line holds, whatever the lines", () => {
    const names = fc.constantFrom("web1", "*", "[web1]:2222", "web*,!web2", "!web1", "[*]:*");
    const blob = fc.constantFrom(...["a", "b", "c"].map((content) => key("ssh-ed25519", content)), key("ssh-rsa"));
    fc.assert(
      fc.property(fc.array(fc.tuple(names, blob)), fc.constantFrom(22, 2222), (entries, port) => {
        const text = entries.map(([name, held]) => line(name, held)).join("\n");
        expect(["unknown", "changed"]).toContain(judge(text, key("ssh-ed25519", "stranger"), "web1", port));
      }),
    );
  });

  it("does not care for the case of a name", () => {
    expect(judge(line("Web1", ed25519), ed25519, "wEB1")).toBe("known");
  });

  it("takes a dot for a dot, and a question mark for one character", () => {
    expect(judge(line("10.0.0.?", ed25519), ed25519, "10.0.0.7")).toBe("known");
    expect(judge(line("10.0.0.?", ed25519), ed25519, "10.0.0.77")).toBe("unknown");
    expect(judge(line("10.0.*.1", ed25519), ed25519, "10x0.0.1")).toBe("unknown");
  });

  it("takes a bracket for a bracket beside a wildcard", () => {
    expect(judge(line("[web*]:2222", ed25519), ed25519, "web1", 2222)).toBe("known");
    expect(judge(line("web*]:2222", ed25519), ed25519, "web1", 2222)).toBe("unknown");
    expect(judge(line("we[ab]*", ed25519), ed25519, "web1")).toBe("unknown");
  });

  it("is not held up by a line of many stars", () => {
    const started = performance.now();
    expect(judge(line(`${"*a".repeat(50)}*b`, ed25519), ed25519, "a".repeat(250))).toBe("unknown");
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("keeps IPv6 addresses apart from ports", () => {
    expect(knownName("fe80::1%eth0", 22)).toBe("fe80::1%eth0");
    expect(judge(line("[fe80::1]:2222", ed25519), ed25519, "fe80::1", 2222)).toBe("known");
    expect(judge(line("[fe80::1]:2222", ed25519), ed25519, "fe80::1", 22)).toBe("unknown");
  });
});

describe("a host under an alias", () => {
  it("is looked for under that name alone, without a port", () => {
    const known = (text: string): string =>
      judgeHostKey(
        indexKnownHosts(parseKnownHosts("known_hosts", text).entries).find({
          ...{ address: "10.0.0.1", port: 2222, hostKeyAlias: "Web1" },
        }),
        ed25519,
      ).kind;
    expect(known(line("web1", ed25519))).toBe("known");
    for (const name of ["10.0.0.1", "[10.0.0.1]:2222", "[web1]:2222"])
      expect(known(line(name, ed25519))).toBe("unknown");
  });
});

describe("a host whose authority is known", () => {
  const authority = key("ssh-ed25519", "authority");
  const ca = `@cert-authority *.example ${line("", authority).trim()}`;

  it("needs a certificate, unless a key of its own is known too", () => {
    const needs = (text: string): boolean => needsCertificates(find(text, "web1.example", 2222));
    expect(needs(ca)).toBe(true);
    expect(needs([ca, line("web1.example", ed25519)].join("\n"))).toBe(false);
    expect(needs([ca, `@revoked * ${line("", ed25519).trim()}`].join("\n"))).toBe(true);
    expect(needs(line("[web1.example]:2222", ed25519))).toBe(false);
    expect(needs("")).toBe(false);
  });

  it("shows no key that may be taken, least of all the authority's", () => {
    expect(judge(ca, ed25519, "web1.example")).toBe("authority");
    expect(judge(ca, authority, "web1.example")).toBe("authority");
    expect(judge([ca, line("web1.example", ed25519)].join("\n"), ed25519, "web1.example")).toBe("known");
  });
});

describe("orderAlgorithms", () => {
  const offered = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"];

  it("puts the algorithms of known keys first and loses none", () => {
    const entries = find(
      [line("web1", key("ssh-rsa")), `@revoked web1 ${line("", ed25519).trim()}`].join("\n"),
      "web1",
    );
    expect(orderAlgorithms(entries, offered)).toEqual([
      "rsa-sha2-512",
      "rsa-sha2-256",
      "ssh-rsa",
      "ssh-ed25519",
      "ecdsa-sha2-nistp256",
    ]);
  });

  it("keeps the order for a host that is not known", () => {
    expect(orderAlgorithms({ named: [], bare: [], authorities: [] }, offered)).toEqual(offered);
  });
});

it("prints fingerprints without padding", () => {
  expect(fingerprint(ed25519)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
});
