import { canonicalKey, linesOf, type Piece, piecesOf, type SettingsStyle } from "./settings-lines.ts";

export type { SettingsStyle } from "./settings-lines.ts";

export type EditRequest = {
  /** The file's current text; "" for a file that is not there yet. */
  readonly text: string;
  readonly set: ReadonlyMap<string, string>;
  /** Settings to remove, in every place where they stand. */
  readonly absent: readonly string[];
  /** Where it is not given it follows from the names: a dot or a slash in one of them means sysctl. */
  readonly style?: SettingsStyle | undefined;
};

export type Edited =
  | { readonly kind: "edited"; readonly text: string }
  | { readonly kind: "refused"; readonly because: string };

/**
 * Sets and removes named settings in a file that belongs to somebody else; every other byte is kept: comments, order,
 * spacing, quoting, line ends, a last line without one. Pure, and the second time it changes nothing.
 *
 * A key that stands twice is set where it counts, at its last place. Under sysctl the other places are removed, because
 * `grep | sysctl -p` would apply them too; under shell they stay, because text between them may read the earlier value.
 */
export const editSettings = ({ text, set, absent, style: given }: EditRequest): Edited => {
  const style = given ?? styleOf([...set.keys(), ...absent]);
  const because = refusal(set, absent, style);
  if (because !== undefined) return { kind: "refused", because };
  const wanted = new Map([...set].map(([key, value]) => [canonicalKey(key, style), { key, value }]));
  const unwanted = new Set(absent.map((key) => canonicalKey(key, style)));
  const pieces = piecesOf(text, style);
  const last = new Map<string, Setting>();
  for (const piece of pieces) if (piece.kind === "setting") last.set(piece.key, piece);
  const odd = pieces.find(
    (piece) => isOdd(piece) && (unwanted.has(piece.key) || (wanted.has(piece.key) && last.get(piece.key) === piece)),
  );
  if (odd !== undefined)
    return {
      kind: "refused",
      because: `only a shell could tell what this line sets: ${JSON.stringify(odd.raw.slice(0, 80))}`,
    };
  const kept = pieces.map((piece) => {
    if (piece.kind === "other") return piece.raw;
    if (unwanted.has(piece.key)) return "";
    const to = wanted.get(piece.key);
    if (to === undefined) return piece.raw;
    if (last.get(piece.key) !== piece) return style === "sysctl" ? "" : piece.raw;
    return rewrite(piece, to.value, style);
  });
  const added = [...wanted].filter(([key]) => !last.has(key)).map(([, one]) => one);
  const result = append(kept.join(""), added, { style, pieces, text });
  // An open quote or a backslash at the end of the file would swallow what comes after it.
  const lost = [...set].find(([key, value]) => readSetting(result, key, style) !== value);
  if (lost !== undefined)
    return { kind: "refused", because: `${lost[0]} would not take effect in this file: a quote stays open` };
  return { kind: "edited", text: result };
};

/** The value of a setting as it counts now; undefined where it does not stand there or only a shell could tell. */
export const readSetting = (text: string, key: string, style: SettingsStyle = styleOf([key])): string | undefined => {
  const wanted = canonicalKey(key, style);
  const found = piecesOf(text, style).findLast((piece) => piece.kind === "setting" && piece.key === wanted);
  return found?.kind === "setting" ? found.value : undefined;
};

/** The style of a file that is known by its path, for tasks; undefined where the names must tell. */
export const styleOfPath = (path: string): SettingsStyle | undefined => {
  if (/\/sysctl\.(conf$|d\/)/.test(path)) return "sysctl";
  return /^\/etc\/(sysconfig|default)\//.test(path) ? "shell" : undefined;
};

type Setting = Piece & { readonly kind: "setting" };

const isOdd = (piece: Piece): piece is Setting => piece.kind === "setting" && piece.value === undefined;

const styleOf = (keys: readonly string[]): SettingsStyle => (keys.some((key) => /[./]/.test(key)) ? "sysctl" : "shell");

const refusal = (
  set: ReadonlyMap<string, string>,
  absent: readonly string[],
  style: SettingsStyle,
): string | undefined => {
  const form = style === "shell" ? /^[A-Za-z_]\w*$/ : /^[A-Za-z0-9_][\w.*/:@-]*$/;
  const odd = [...set.keys(), ...absent].find((key) => !form.test(key));
  if (odd !== undefined) return `${JSON.stringify(odd)} is not a name that a ${style} file can hold`;
  for (const key of absent) if (set.has(key)) return `${key} is to be set and to be absent`;
  for (const [key, value] of set) {
    const because = valueRefusal(value, style);
    if (because !== undefined) return `the value of ${key} ${because}`;
  }
  return undefined;
};

const valueRefusal = (value: string, style: SettingsStyle): string | undefined => {
  if (/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/.test(value))
    return "holds a line break or a control character";
  if (style === "shell" && /["'`$\\]/.test(value))
    return "holds a quote or another character that a shell would act on";
  if (style === "sysctl" && value.trim() !== value) return "begins or ends with a blank";
  return style === "sysctl" && value === "" ? "is empty" : undefined;
};

const bare = /^[\w@%+:,./-]+$/;

const rewrite = (piece: Setting, value: string, style: SettingsStyle): string => {
  if (piece.value === value) return piece.raw;
  // An empty value or one with blanks needs quotes, whatever stood there before.
  const quote = style === "shell" && piece.quote === "" && !bare.test(value) ? '"' : piece.quote;
  return piece.before + quote + value + quote + piece.after;
};

type Manner = { readonly style: SettingsStyle; readonly pieces: readonly Piece[]; readonly text: string };

/** New settings go to the end, spaced and ended as the file's own lines are. */
const append = (
  text: string,
  added: readonly { key: string; value: string }[],
  { style, pieces, text: old }: Manner,
) => {
  if (added.length === 0) return text;
  const end = linesOf(old)[0]?.endsWith("\r\n") === true ? "\r\n" : "\n";
  const like = pieces.findLast((piece) => piece.kind === "setting");
  const tight = like?.kind === "setting" && !/\s=|=\s/.test(like.before);
  const lines = added.map(({ key, value }) => {
    if (style === "shell") return `${key}="${value}"`;
    return tight ? `${key}=${value}` : `${key} = ${value}`;
  });
  const whole = text === "" || text.endsWith("\n");
  return whole ? `${text}${lines.join(end)}${end}` : `${text}${end}${lines.join(end)}`;
};
