import { withoutValue } from "./visible.ts";

/** A YAML document's parts with their places (offsets into the text), before aliases, tags and scalars are resolved. */
export type Tree = {
  readonly offset: number;
  readonly tag: string | undefined;
  readonly anchor: string | undefined;
} & (
  | { readonly kind: "scalar"; readonly text: string; readonly plain: boolean; readonly written: string }
  | { readonly kind: "map"; readonly entries: readonly Entry[] }
  | { readonly kind: "list"; readonly items: readonly Tree[] }
  | { readonly kind: "alias"; readonly name: string }
);

export type Scalar = Tree & { readonly kind: "scalar" };

export type Entry = { readonly key: Tree; readonly value: Tree };

export type Path = readonly (string | number)[];

/** `hosts.web3.ports[0]`, for people. */
export const pathText = (path: Path): string =>
  path
    .map((part, at) =>
      typeof part === "number" ? `[${part}]` : at === 0 ? withoutValue(part) : `.${withoutValue(part)}`,
    )
    .join("");
