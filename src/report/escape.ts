// C0 (but for the tab), DEL, C1, and the marks that reorder or hide text.
const unsafe = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;

const hex = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** Host data on one line of a terminal: control and bidirectional characters are shown as `\x1b`, never sent. */
export const printable = (text: string, most = 2000): string => {
  const shown = text.length > most ? `${text.slice(0, most)}... (${text.length - most} more characters)` : text;
  return shown.replace(unsafe, hex);
};
