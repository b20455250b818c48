import type { z } from "zod";
import type { Problem } from "../model/problem.ts";
import { type Path, pathText } from "../source/tree.ts";
import type { YamlDocument } from "../source/yaml.ts";

/** A value in a playbook with its place, and where to report what is wrong with it. */
export type Spot = {
  readonly document: YamlDocument;
  readonly text: string;
  readonly path: Path;
  readonly problems: Problem[];
};

export const below = (spot: Spot, ...path: Path): Spot => ({ ...spot, path: [...spot.path, ...path] });

export const report = ({ document, path, problems }: Spot, message: string): void => {
  problems.push({ at: document.at(path), path: pathText(path), message });
};

export const reportKey = ({ document, path, problems }: Spot, message: string): void => {
  problems.push({ at: document.keyAt(path), path: pathText(path), message });
};

/** Checks a value against its schema; every issue is reported at its own place. Nothing where there was one. */
export const check = <Schema extends z.ZodType>(
  spot: Spot,
  schema: Schema,
  value: unknown,
): z.infer<Schema> | undefined => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const seen = new Set<string>();
  for (const issue of result.error.issues) explain(spot, issue, seen);
  return undefined;
};

type Issue = z.core.$ZodIssue;

const explain = (spot: Spot, issue: Issue, seen: Set<string>): void => {
  const at = below(spot, ...issue.path.filter((part): part is string | number => typeof part !== "symbol"));
  const say = (tell: () => void, message: string) => {
    const key = `${pathText(at.path)}\n${message}`;
    if (!seen.has(key)) tell();
    seen.add(key);
  };
  switch (issue.code) {
    case "unrecognized_keys": {
      const messages = issue.message.split("\n");
      issue.keys.forEach((key, index) => reportKey(below(at, key), messages[index] ?? issue.message));
      return;
    }
    case "invalid_key": {
      const message = issue.issues[0]?.message ?? issue.message;
      say(() => reportKey(at, message), message);
      return;
    }
    case "invalid_union": {
      const best =
        issue.errors.find(isInside) ?? issue.errors.find((issues) => issues.some((one) => one.code !== "invalid_type"));
      if (best === undefined) say(() => report(at, issue.message), issue.message);
      else for (const inner of best) explain(at, inner, seen);
      return;
    }
    default:
      say(() => report(at, issue.message), issue.message);
  }
};

/** The member of a union that got into the value knows best what is wrong with it; next best, one that takes its type. */
const isInside = (issues: readonly Issue[]): boolean =>
  issues.some((issue) => issue.path.length > 0 || issue.code === "unrecognized_keys");
