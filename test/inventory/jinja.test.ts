import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveJinja } from "../../src/inventory/jinja.ts";
import { type Value, type Vars, Vaulted } from "../../src/model/host.ts";

const vars: Vars = {
  name: "web1",
  domain: "example.net",
  full: "{{ name }}.{{domain}}",
  port: 22,
  yes: true,
  nothing: null,
  map: { key: "v", "two words": "w", inner: { list: ["a", "{{ name }}"] } },
  alias: "{{ map }}",
  loop: "{{ back }}",
  back: "x{{ loop }}",
  secret: new Vaulted("hunter2", undefined),
  shut: new Vaulted(() => ({ kind: "fault", because: "no password" }), "x"),
  broken: "{{ name | upper }}",
};

describe("evaluates what needs only the host's variables", () => {
  it.each<[Value, Value]>([
    ["plain", "plain"],
    ["{{ name }}", "web1"],
    ["{{name}}", "web1"],
    ["{{- name -}}", "web1"],
    ["a {{ name }} b {{ port }}", "a web1 b 22"],
    ["{{ full }}", "web1.example.net"],
    ["{{ port }}", 22],
    ["{{ yes }}", true],
    ["is {{ yes }}{{ nothing }}", "is True"],
    ["{{ map.key }}", "v"],
    ["{{ map['two words'] }}", "w"],
    ['{{ map["inner"].list[1] }}', "web1"],
    ["{{ map.inner.list[-1] }}", "web1"],
    ["{{ alias.inner.list[0] }}", "a"],
    ["{{ gone | default('x') }}", "x"],
    ["{{ map.gone.further | d(name) }}", "web1"],
    ["{{ nothing | default('x', true) }}", "x"],
    ["{{ 'text' }}", "text"],
    [
      ["{{ name }}", { a: "{{ port }}" }],
      ["web1", { a: 22 }],
    ],
    ["{ not } a }} template", "{ not } a }} template"],
    ["{{ '}}' }}", "}}"],
  ])("%j", (value, expected) => {
    expect(resolveJinja(vars, value)).toEqual({ kind: "ok", value: expected });
  });
});

describe("says what it cannot evaluate", () => {
  const only = "variables of the host and | default('...') can";
  it.each<[string, string]>([
    ["{{ gone }}", "{{ gone }} names a variable that this host does not have"],
    ["{{ map.gone }}", "{{ map.gone }} names a variable that this host does not have"],
    ["{{ constructor }}", "{{ constructor }} names a variable that this host does not have"],
    ["{{ map.constructor }}", "{{ map.constructor }} names a variable that this host does not have"],
    ["{{ secret.reveal }}", "{{ secret.reveal }} names a variable that this host does not have"],
    ["{{ loop }}", "loop > back > loop leads back to itself"],
    ["a{{ map }}", "{{ map }} is a map; it cannot stand within text"],
    ["{{ name | upper }}", `{{ name | upper }} cannot be evaluated here: ${only}`],
    ["{{ broken }}", `{{ name | upper }} cannot be evaluated here: ${only}`],
    ["{{ lookup('env', 'X') }}", `{{ lookup('env', 'X') }} cannot be evaluated here: ${only}`],
    ["{% if x %}a{% endif %}", `{% if x %}a{% endif %} cannot be evaluated here: ${only}`],
    ["{{ a + b }}", `{{ a + b }} cannot be evaluated here: ${only}`],
    ["{{ open", `{{ open cannot be evaluated here: ${only}`],
  ])("%s", (value, because) => {
    expect(resolveJinja(vars, value)).toEqual({ kind: "fault", because });
  });

  it("at once, where references make a long chain or a wide tree", () => {
    const chain = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`v${at}`, `{{ v${at + 1} }}`]));
    expect(resolveJinja(chain, "{{ v0 }}")).toEqual({ kind: "fault", because: "v20 is more than 20 references away" });
    const tree = Object.fromEntries(Array.from({ length: 18 }, (_, at) => [`v${at}`, `{{ v${at + 1} }}`.repeat(40)]));
    expect(resolveJinja({ ...tree, v18: "x" }, "{{ v0 }}")).toMatchObject({ kind: "fault" });
  });
});

describe("keeps what came out of a vault hidden", () => {
  it("by itself and within text", () => {
    for (const text of ["{{ secret }}", "a{{ secret }}"]) {
      const resolved = resolveJinja(vars, text);
      expect(resolved.kind === "ok" && resolved.value).toBeInstanceOf(Vaulted);
      expect(JSON.stringify(resolved)).not.toContain("hunter2");
    }
    const within = resolveJinja(vars, "a{{ secret }}b{{ port }}");
    expect(within.kind === "ok" && within.value instanceof Vaulted && within.value.reveal()).toBe("ahunter2b22");
  });

  it("and says why it cannot be opened, where it is", () => {
    const resolved = resolveJinja(vars, "a{{ shut }}");
    expect(resolved.kind === "ok" && resolved.value instanceof Vaulted && resolved.value.open()).toEqual({
      kind: "fault",
      because: "no password",
    });
  });
});

it("never throws, whatever the text", () => {
  const piece = fc.constantFrom(
    "{{",
    "}}",
    "{%",
    "{#",
    " ",
    "name",
    "map",
    ".",
    "[",
    "]",
    "'",
    '"',
    "0",
    "|",
    "default(",
    ")",
    "gone",
    "\n",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => void resolveJinja(vars, pieces.join(""))),
    { numRuns: 3_000 },
  );
});
