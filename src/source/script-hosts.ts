type Map = { readonly [name: string]: unknown };

/**
 * The hosts that an executable inventory must be asked for one by one: none where it gives `_meta.hostvars`, or where its
 * output is no JSON (its reader says what is wrong with it).
 */
export const hostsToAskFor = (listing: string): readonly string[] => {
  const groups = parsed(listing);
  if (isMap(groups._meta) && "hostvars" in groups._meta) return [];
  const names = Object.entries(groups).flatMap(([name, group]) => (name === "_meta" ? [] : hostsOf(name, group)));
  return [...new Set(names.filter((name): name is string => typeof name === "string" && plainName.test(name)))];
};

/** Anything else is no host's name, and its reader says so; above all nothing that an argument parser takes for an option. */
const plainName = /^[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,252}$/;

const parsed = (text: string): Map => {
  try {
    const value = JSON.parse(text) as unknown;
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
};

const isMap = (value: unknown): value is Map => typeof value === "object" && value !== null && !Array.isArray(value);

const hostsOf = (name: string, group: unknown): readonly unknown[] => {
  const hosts = isMap(group) ? group.hosts : group;
  if (Array.isArray(hosts)) return hosts;
  const short = isMap(group) && Object.keys(group).length > 0 && !("vars" in group) && !("children" in group);
  return short && hosts === undefined ? [name] : [];
};
