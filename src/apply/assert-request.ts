import type { RunId } from "../model/brand.ts";

type Request = { readonly nonce: string; readonly run: RunId; readonly root: string };

/** What every script is made from. Throws on a value that no caller may hand over. */
export const assertRun = ({ nonce, run, root }: Request): void => {
  if (!/^[0-9a-f]{32}$/.test(nonce)) throw new Error("a nonce is 32 hex digits");
  if (!/^\d{8}T\d{6}Z-[0-9a-f]+$/.test(run)) throw new Error(`not a run's id: ${run}`);
  if (/[\n\r]|\/$/.test(root)) throw new Error("a root is a path on one line without a slash at its end");
};

export const assertToken = (token: string): void => {
  if (!/^[0-9a-f]{32}$/.test(token)) throw new Error("a token is 32 hex digits");
};
