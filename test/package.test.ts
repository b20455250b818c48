import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

type Entry = { readonly optionalDependencies?: { readonly [name: string]: string } };

it("the lock file names every platform's packages, so that npm ci holds on each", () => {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, "../package-lock.json"), "utf8")) as {
    readonly packages: { readonly [at: string]: Entry };
  };
  const missing = Object.entries(lock.packages).flatMap(([at, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in lock.packages) && !(`${at}/node_modules/${name}` in lock.packages),
    ),
  );
  // ssh2 alone treats what it lists as something that may be left out.
  expect(missing.filter((name) => !["cpu-features", "nan"].includes(name))).toEqual([]);
});
