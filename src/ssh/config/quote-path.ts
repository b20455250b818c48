/** A path as one value of ssh_config: it may have blanks, and percent signs are tokens there. */
export const quotePath = (path: string): string => `"${path.replaceAll("%", "%%").replace(/["\\]/g, "\\$&")}"`;
