/** Every name that the table's limit ever had. */
export const isMaxName = (name: string): boolean =>
  /^net\.(netfilter\.|ipv4\.|ipv4\.netfilter\.)?(nf|ip)_conntrack_max$/.test(name);

/** What the table's size is made of goes back together or not at all: put-back.sh weighs it. */
export const sizeOrValue = (name: string): "size" | "value" =>
  name === "hashsize" || isMaxName(name) ? "size" : "value";
