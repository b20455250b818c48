import { type Node, parseRegex } from "./regex-syntax.ts";

export type RegexMatcher =
  | { readonly kind: "matcher"; readonly matches: (name: string) => boolean }
  | { readonly kind: "fault"; readonly because: string };

type Step =
  | { readonly kind: "character"; readonly test: (character: string) => boolean }
  | { readonly kind: "split"; readonly to: readonly number[] }
  | { readonly kind: "start" | "end" | "match" };

const limits = { characters: 500, steps: 2_000 };

/**
 * A matcher for `~regex`, tried from the start of a name as Ansible does (`re.match`). It walks all ways at once, so no
 * expression can hang: the time is at most name times expression. Without look-around, back references and `\b`.
 */
export const regexMatcher = (source: string): RegexMatcher => {
  if (source === "") return { kind: "fault", because: "it is empty" };
  if (source.length > limits.characters)
    return { kind: "fault", because: `it is longer than ${limits.characters} characters` };
  const parsed = parseRegex(source);
  if (parsed.kind === "fault") return parsed;
  const steps: Step[] = [];
  if (!emit(steps, parsed.node)) return { kind: "fault", because: "its repetitions make it too large" };
  steps.push({ kind: "match" });
  return { kind: "matcher", matches: (name) => run(steps, name) };
};

/** Appends the steps of a node; false where the program would pass its cap. */
const emit = (steps: Step[], node: Node): boolean => {
  if (steps.length > limits.steps) return false;
  switch (node.kind) {
    case "character":
      steps.push({ kind: "character", test: node.test });
      return true;
    case "start":
    case "end":
      steps.push({ kind: node.kind });
      return true;
    case "sequence":
      return node.items.every((item) => emit(steps, item));
    case "choice":
      return emitChoice(steps, node.items);
    case "repeat":
      return emitRepeat(steps, node);
  }
};

/** Each way ends in a jump to what follows; the jumps are filled in when that place is known. */
const emitChoice = (steps: Step[], ways: readonly Node[]): boolean => {
  const at = reserve(steps);
  const starts: number[] = [];
  const jumps: number[] = [];
  for (const way of ways) {
    starts.push(steps.length);
    if (!emit(steps, way)) return false;
    jumps.push(reserve(steps));
  }
  steps[at] = { kind: "split", to: starts };
  for (const jump of jumps) steps[jump] = { kind: "split", to: [steps.length] };
  return true;
};

const emitRepeat = (steps: Step[], { item, least, most }: Node & { kind: "repeat" }): boolean => {
  for (let count = 0; count < least; count += 1) if (!emit(steps, item)) return false;
  if (most === undefined) {
    const at = reserve(steps);
    if (!emit(steps, item)) return false;
    steps.push({ kind: "split", to: [at] });
    steps[at] = { kind: "split", to: [at + 1, steps.length] };
    return true;
  }
  const exits: number[] = [];
  for (let count = least; count < most; count += 1) {
    exits.push(reserve(steps));
    if (!emit(steps, item)) return false;
  }
  for (const exit of exits) steps[exit] = { kind: "split", to: [exit + 1, steps.length] };
  return true;
};

const reserve = (steps: Step[]): number => steps.push({ kind: "split", to: [] }) - 1;

const run = (steps: readonly Step[], name: string): boolean => {
  let active = new Set([0]);
  for (let at = 0; ; at += 1) {
    const next = new Set<number>();
    // the set grows while it is walked: splits lead to more places at the same character
    for (const index of active) {
      const step = steps[index];
      if (step === undefined) continue;
      if (step.kind === "match") return true;
      if (step.kind === "split") for (const to of step.to) active.add(to);
      else if (step.kind === "character") {
        if (at < name.length && step.test(name.charAt(at))) next.add(index + 1);
      } else if (step.kind === "start" ? at === 0 : at === name.length) active.add(index + 1);
    }
    if (at >= name.length || next.size === 0) return false;
    active = next;
  }
};
