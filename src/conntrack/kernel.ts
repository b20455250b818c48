/** Is a kernel release (`5.15.0-91-generic`) at least `major.minor`? A release that cannot be read is never. */
export const kernelAtLeast = (release: string | undefined, major: number, minor: number): boolean => {
  const found = /^(\d+)\.(\d+)/.exec(release ?? "");
  if (found === null) return false;
  const [have, haveMinor] = [Number(found[1]), Number(found[2])];
  return have > major || (have === major && haveMinor >= minor);
};
