import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseInventory } from "../../src/inventory/parse.ts";
import { checkTemplate } from "../../src/render/check.ts";
import { readYaml } from "../../src/source/yaml.ts";
import { compiledPlay, compiledPlays, valid } from "../support/play.ts";

const guides = [
  "README.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

type Block = { readonly place: string; readonly language: string; readonly text: string };

/** Fenced blocks of a page, each with its place for messages. */
const blocksOf = (file: string): readonly Block[] => {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ index, 1: language = "", 2: body = "" }) => ({
    place: `${file}:${text.slice(0, index).split("\n").length}`,
    language,
    text: body,
  }));
};

const blocks = (language: string): readonly Block[] =>
  guides.flatMap(blocksOf).filter((block) => block.language === language);

/** A map is an inventory, a list with `hosts` a playbook, any other list the tasks of a play. */
const readExample = ({ place, text }: Block): void => {
  const { value } = valid(readYaml({ file: place, text }));
  if (!Array.isArray(value)) valid(parseInventory([{ kind: "file", file: `${place}.yaml`, text }]));
  else if (value.some((one: object) => "hosts" in one)) compiledPlays({ file: place, text });
  else compiledPlay(text);
};

describe("what the guides show is true", () => {
  it("there are examples to check", () => {
    expect(blocks("yaml").length).toBeGreaterThan(10);
    expect(blocks("handlebars").length).toBeGreaterThan(1);
  });

  it.each(blocks("yaml"))("$place is a valid inventory, playbook or list of tasks", (block) => {
    expect(() => readExample(block)).not.toThrow();
  });

  it.each(blocks("handlebars"))("$place is a valid template", ({ place, text }) => {
    expect(checkTemplate({ file: place, text })).toEqual([]);
  });

  it.each(guides)("every link in %s leads to a file", (file) => {
    const links = [...readFileSync(file, "utf8").matchAll(/\]\((?!https?:)([^)#]*)/g)].map(([, path = ""]) => path);
    expect(links.filter((path) => path !== "" && !existsSync(join(dirname(file), path)))).toEqual([]);
  });
});
