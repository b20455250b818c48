/** As /proc/modules writes it. Throws on what cannot be a module's name. */
export const moduleName = (name: string): string => {
  if (!/^[A-Za-z0-9_][\w-]*$/.test(name)) throw new Error(`not a module's name: ${name}`);
  return name.replaceAll("-", "_");
};

/** One argument with a name a line. */
export const moduleList = (modules: readonly string[]): string => modules.map(moduleName).join("\n");
