/** One parameter of the kernel command line; dashes in the name stand for underscores, as the kernel has it. */
export type Parameter = { readonly name: string; readonly value: string };

/**
 * The words of a kernel command line, split at blanks outside double quotes, in their order; what follows `--` is for init
 * (Documentation/admin-guide/kernel-parameters.rst).
 */
export const parameters = (line: string): readonly Parameter[] => {
  const words = [...line.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)].map(([word]) => word.replaceAll('"', ""));
  const end = words.indexOf("--");
  return (end < 0 ? words : words.slice(0, end)).map((word) => {
    const [name = "", ...rest] = word.split("=");
    return { name, value: rest.join("=") };
  });
};

/** Values of a parameter that holds a list (`modules_load=a,b`), from every time that it is given. */
export const listed = (all: readonly Parameter[], ...names: readonly string[]): readonly string[] =>
  all.filter(({ name }) => names.includes(name)).flatMap(({ value }) => value.split(",").filter((one) => one !== ""));
