import type { HelperOptions } from "handlebars";
import { TemplateFault } from "./context.ts";
import { editSettings, readSetting } from "./settings.ts";

/** A helper as lint knows it: where it may stand and how many values it takes. */
export type HelperForm = {
  readonly form: "block" | "value";
  readonly least: number;
  readonly most: number;
  /** Does it take `NAME=value`? */
  readonly named?: true;
};

/** Every helper there is, in the order of the reference. */
export const helperForms: ReadonlyMap<string, HelperForm> = new Map<string, HelperForm>([
  ["if", { form: "block", least: 1, most: 1 }],
  ["unless", { form: "block", least: 1, most: 1 }],
  ["each", { form: "block", least: 1, most: 1 }],
  ["eq", { form: "value", least: 2, most: 2 }],
  ["settings", { form: "value", least: 1, most: 4, named: true }],
  ["setting", { form: "value", least: 2, most: 2 }],
  ["without", { form: "value", least: 2, most: 20 }],
  ["withWord", { form: "value", least: 2, most: 2 }],
]);

/** The helpers that the library does not bring: each takes its values and, last, the library's options. */
export const ownHelpers: { readonly [name: string]: (...values: unknown[]) => unknown } = {
  /** `(eq a b)`: are the two the same? */
  eq: (a, b) => a === b,

  /** `(settings file MAP... NAME=value...)`: the text with these settings in it and every other byte kept. */
  settings: (...values) => {
    const options = values.pop() as HelperOptions;
    const [file, ...maps] = values;
    const set = new Map<string, string>();
    for (const map of [...maps, options.hash as unknown])
      for (const [name, value] of Object.entries(asMap(map))) set.set(name, asText(value, name));
    return done(editSettings({ text: asText(file, "settings"), set, absent: [] }));
  },

  /** `(setting file "NAME")`: the value that counts now, or "" where there is none. */
  setting: (file, name) => readSetting(asText(file, "setting"), asText(name, "setting")) ?? "",

  /** `(without file "NAME"...)`: the text without these settings. */
  without: (...values) => {
    const [file, ...names] = values.slice(0, -1).map((value) => asText(value, "without"));
    return done(editSettings({ text: file ?? "", set: new Map(), absent: names }));
  },

  /** `(withWord "a b" "c")`: a list of words with one more, unless it is there. */
  withWord: (list, word) => {
    const [text, one] = [asText(list, "withWord"), asText(word, "withWord")];
    const words = text.split(/\s+/).filter((part) => part !== "");
    if (words.includes(one)) return text;
    // The list stays as it is: a secret among its words must be found again in the result.
    return words.length === 0 ? one : `${text} ${one}`;
  },
};

const done = (result: ReturnType<typeof editSettings>): string => {
  if (result.kind === "refused") throw new TemplateFault(result.because);
  return result.text;
};

const asText = (value: unknown, where: string): string => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new TemplateFault(`${where}: expected text or a number`);
};

const asMap = (value: unknown): object => {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new TemplateFault("settings: expected a map of names and values");
};
