import { z } from "zod";
import { didYouMean } from "../expr/nearest.ts";
import { Vaulted } from "../model/host.ts";

/** What was found, in few words: a value from a file is shown short and never as more than text. */
export const show = (value: unknown): string => {
  if (value === undefined) return "nothing";
  if (value === null) return "nothing (null)";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Vaulted) return "a value from a vault";
  if (typeof value === "object") return "a map";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : typeof value;
};

/** A map with these keys and no others. `elsewhere` says what to answer for a key that is known but does not belong here. */
export const closed = <Shape extends z.ZodRawShape>(shape: Shape, elsewhere: ReadonlyMap<string, string> = new Map()) =>
  z.strictObject(shape, {
    // One line per key, in the order of `issue.keys`: `problemsOf` takes them apart again.
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => keyMessage(key, Object.keys(shape), elsewhere)).join("\n")
        : `expected a map, found ${show(issue.input)}`,
  });

const keyMessage = (key: string, known: readonly string[], elsewhere: ReadonlyMap<string, string>): string =>
  elsewhere.get(key) ?? `there is no key ${show(key)} here${didYouMean(key, known)}; known: ${known.join(", ")}`;

/** `a, b or c`. */
export const either = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;

/** One of these names. */
export const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, {
    error: ({ input }) =>
      `expected ${either(names)}, found ${show(input)}${typeof input === "string" ? didYouMean(input, names) : ""}`,
  });

export const notYet = (names: readonly string[]): ReadonlyMap<string, string> =>
  new Map(names.map((name) => [name, `${name} is not honoured yet`]));

export const whole = (least: number, most: number) => {
  const error = (issue: { readonly input?: unknown }) =>
    `expected a whole number from ${least} to ${most}, found ${show(issue.input)}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

export const flag = z.boolean({ error: (issue) => `expected true or false, found ${show(issue.input)}` });

const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

const expectedText = (what: string) => ({
  error: (issue: { readonly input?: unknown }) => `expected ${what}, found ${show(issue.input)}`,
});

/** One line of text that says something. */
export const line = (what: string) => blankLine(what).min(1, `expected ${what}, found nothing`);

/** One line of text that may be empty. */
export const blankLine = (what: string) =>
  z
    .string(expectedText(what))
    .refine((text) => !control.test(text), { abort: true, error: "holds a line break or another control character" });

/** `5%`, of more than nothing and at most all. */
export const percent = z
  .string(expectedText('a percentage like "5%"'))
  .regex(/^\d{1,3}(\.\d{1,6})?%$/, { abort: true, ...expectedText('a percentage like "5%"') })
  .refine(
    (text) => percentOf(text) > 0 && percentOf(text) <= 100,
    expectedText("a percentage above 0% and up to 100%"),
  );

export const percentOf = (text: string): number => Number.parseFloat(text);

/** A file on a host: where it stands must be plain to whoever reads the play. */
export const hostPath = z.string(expectedText("an absolute path")).superRefine((path, context) => {
  const fault = pathFault(path);
  if (fault !== undefined) context.addIssue({ code: "custom", message: `${show(path)} ${fault}` });
});

/** Bytes, of the 255 that a file system takes: the rest is for the temporary name. */
const longestName = 200;

const pathFault = (path: string): string | undefined => {
  if (control.test(path)) return "holds a line break or another control character";
  if (!path.startsWith("/")) return "is not an absolute path";
  const parts = path.slice(1).split("/");
  if (parts.includes("..")) return "leads upwards with ..";
  if (parts.some((part) => part === "" || part === "."))
    return "is not in its shortest form: // or /./ or a slash at the end";
  if (["proc", "sys", "dev"].includes(parts[0] ?? ""))
    return "is not a file that lasts: /proc, /sys and /dev belong to the kernel";
  if (path.length > 1024 || parts.some((part) => Buffer.byteLength(part) > 255)) return "is too long";
  return Buffer.byteLength(parts.at(-1) ?? "") > longestName
    ? `has a file name longer than ${longestName} bytes: the temporary file beside it needs a longer one`
    : undefined;
};

/** A template's name below a templates folder. */
export const templateName = line("the name of a template").superRefine((name, context) => {
  const parts = name.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".."))
    context.addIssue({ code: "custom", message: `${show(name)} is not a name below a templates folder` });
});

const modeAdvice = 'a mode is octal digits in quotes, like "0644"';

/** Quoted octal digits only: without quotes YAML 1.1 reads 0644 as 420, and 644 is another mode altogether. */
export const mode = z
  .string({
    error: (issue) =>
      typeof issue.input === "number" ? `${modeAdvice}: without them it is another number` : `expected ${modeAdvice}`,
  })
  .regex(/^0?[0-7]{3}$/, { error: (issue) => `${modeAdvice}; found ${show(issue.input)}` });

/** A user or a group, by name or number. */
export const account = z.union(
  [
    z.string().regex(/^([A-Za-z_][\w.-]{0,31}\$?|\d{1,10})$/, expectedText("a user or group, by name or number")),
    whole(0, 4_294_967_294),
  ],
  expectedText("a user or group, by name or number"),
);

/** One value or a list of them. */
export const oneOrMore = <T extends z.ZodType>(one: T, what: string) =>
  z.union([one, z.array(one).min(1, `expected ${what}, found an empty list`)], {
    error: (issue) => `expected ${what}, found ${show(issue.input)}`,
  });
