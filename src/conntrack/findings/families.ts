/** What a code's first digit says. */
const families: ReadonlyMap<string, string> = new Map([
  ["1", "Pressure on the table"],
  ["2", "Right in one place, not in force in another"],
  ["3", "Overruled by another file or program"],
  ["4", "Mistakes in files"],
  ["5", "Risks"],
  ["6", "What cannot be done or seen on this host"],
  ["7", "What the play asked for"],
]);

/** `CT2xx`, the family of CT202. */
export const familyOf = (code: string): string => `${code.slice(0, 3)}xx`;

/** Throws for a code of no family: the catalogue has none. */
export const familyTitle = (code: string): string => {
  const found = families.get(code.slice(2, 3));
  if (found === undefined) throw new Error(`${code} belongs to no family`);
  return found;
};
