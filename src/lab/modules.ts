/** One module that can be loaded, from a line `NAME SIZE NEEDED,NEEDED`. */
type Loadable = { readonly name: string; readonly size: string; readonly needs: readonly string[] };

const parseLoadable = (line: string): Loadable => {
  const [name = "", size = "0", needs = ""] = line.split(" ");
  return { name, size, needs: needs.split(",").filter((one) => one !== "") };
};

/**
 * Text of /proc/modules, the newest first, as the kernel lists them. `loaded` holds `NAME` or `NAME RULES`; each rule
 * that uses a module holds it. The stand-in for modprobe computes the same.
 */
export const procModules = (loadable: readonly string[], loaded: readonly string[]): string => {
  const known = new Map(loadable.map((line) => [line.split(" ")[0] ?? "", parseLoadable(line)]));
  const here = loaded.map((line) => line.split(" ") as [string, string?]);
  return here
    .map(([name, rules = "0"]) => {
      const users = here.map(([other]) => other).filter((other) => known.get(other)?.needs.includes(name) === true);
      const usedBy = users.length === 0 ? "-" : users.map((user) => `${user},`).join("");
      return `${name} ${known.get(name)?.size ?? "16384"} ${users.length + Number(rules)} ${usedBy} Live 0x0000000000000000\n`;
    })
    .reverse()
    .join("");
};
