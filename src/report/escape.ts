// C0 (but for the tab), DEL, C1, and the marks that reorder or hide text: bidirectional ones, joiners, tags.
const unsafe =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\u{e0000}-\u{e007f}]/gu;

const hex = (character: string): string => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`;

/** Host data on one line of a terminal: control and bidirectional characters are shown as `\x1b`, never sent. */
export const printable = (text: string, most = 2000): string => {
  const shown = text.length > most ? `${text.slice(0, most)}... (${text.length - most} more characters)` : text;
  return shown.replace(unsafe, hex);
};

/** A value as JSON in which no such character stands as it is: programs read the same, terminals show it harmless. */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(unsafe, (character) =>
    character === "\n"
      ? character
      : Array.from(
          { length: character.length },
          (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
        ).join(""),
  );
