/**
 * The hosts of a fleet say much the same, often to the byte: what the last few texts came to is kept, and a text that
 * comes again is not worked through again. Only for pure functions whose results nobody changes.
 */
export const remember = <T>(work: (text: string) => T, most = 16): ((text: string) => T) => {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = work(text);
    if (known.size >= most) known.clear();
    known.set(text, result);
    return result;
  };
};

/** The same for what is asked of one host again and again: kept as long as the object itself, which nobody changes. */
export const rememberFor = <Of extends object, T extends object>(work: (of: Of) => T): ((of: Of) => T) => {
  const known = new WeakMap<Of, T>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined) return before;
    const result = work(of);
    known.set(of, result);
    return result;
  };
};
