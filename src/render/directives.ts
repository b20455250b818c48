/**
 * Why a text must not be written to a path, or nothing. An `install` or `remove` line in modprobe.d is a command that
 * root runs whenever the module is asked for (modprobe.d(5)): none ever comes from a play.
 */
export const refusedDirective = (path: string, text: string): string | undefined => {
  if (!/(^|\/)modprobe\.(d\/|conf$)/.test(path)) return undefined;
  const line = logicalLines(text).find((one) => /^[^\S\n]*(install|remove)\b/.test(one));
  return line === undefined
    ? undefined
    : `an install or remove line in modprobe.d runs a command as root: ${JSON.stringify(line.trim().slice(0, 80))}`;
};

/** modprobe joins a line that ends in a backslash with the next one. */
const logicalLines = (text: string): readonly string[] => text.replace(/\\\r?\n/g, "").split("\n");
