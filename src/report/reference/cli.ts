import { code, page } from "./markdown.ts";

/** The words of a command (none for the program itself) and what its `--help` prints. */
export type CommandHelp = { readonly words: readonly string[]; readonly help: string };

/** docs/reference/cli.md: every command with its options, as its own help says it. */
export const cliPage = (commands: readonly CommandHelp[]): string =>
  page("Command line", [
    ...commands.flatMap(({ words, help }) => [
      `## ${code(["ctfleet", ...words].join(" "))}`,
      ["```text", help.trim(), "```"].join("\n"),
    ]),
  ]);

/** The names of the commands that a help text lists, without `help` itself. */
export const commandsIn = (help: string): readonly string[] => {
  const [, list = ""] = help.split(/^Commands:$/m);
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].flatMap(([, name]) =>
    name === undefined || name === "help" ? [] : [name],
  );
};
