import { z } from "zod";

export const phases = ["connect, gather", "write", "live, reload", "reboot", "verify, rollback"] as const;
export type Phase = (typeof phases)[number];

const cell = z.union([
  z.literal("none"),
  z.strictObject({ outcome: z.string(), shown: z.array(z.string().includes(" > ")).min(1) }),
]);
const row = z.strictObject({
  fault: z.string(),
  ...(Object.fromEntries(phases.map((phase) => [phase, cell])) as Record<Phase, typeof cell>),
});

export type Cell = z.infer<typeof cell>;
export type Row = z.infer<typeof row>;

/** The faults, each with a cell for every phase; throws on anything else. */
export const parseMatrix = (value: unknown): readonly Row[] => z.array(row).parse(value);

/** The file and the full name of a test. */
export const splitTest = (text: string): readonly [file: string, name: string] => {
  const at = text.indexOf(" > ");
  return [text.slice(0, at), text.slice(at + 3)];
};

/** The page for people: a line for each test that shows a cell. */
export const faultsPage = (rows: readonly Row[]): string => {
  const lines = rows.flatMap((one) => phases.flatMap((phase) => cellLines(one.fault, phase, one[phase])));
  return `# Faults, and what each comes to

Every fault of this table is injected in every phase that it has a meaning in, and a test shows the outcome. Made from
\`test/faults/matrix.yaml\` (\`npx vitest run test/faults/matrix.test.ts -u\` writes it anew); a
\`%s\` or \`$name\` in a name stands for cases.

| fault | phase | outcome | test |
|---|---|---|---|
${lines.join("\n")}
`;
};

const cellLines = (fault: string, phase: Phase, one: Cell): readonly string[] => {
  if (one === "none") return [];
  return one.shown.map((test) => {
    const [file, name] = splitTest(test);
    return `| ${[fault, phase, one.outcome, `[${shown(name)}](../${file})`].join(" | ")} |`;
  });
};

/** The last words of a test's name are its claim; those before say of what. */
const shown = (name: string): string => name.replaceAll(" > ", ": ").replaceAll("|", "\\|");
