import type { KernelLogFacts } from "../model/facts.ts";
import { absent, type Reading, read, unreadable, valueOf } from "../model/reading.ts";
import { wholeNumber } from "./number.ts";
import type { Seen } from "./seen.ts";
import { ageBySyslog, ageByUptime } from "./stamp.ts";

// Newer kernels print the prefix twice: `nf_conntrack: nf_conntrack: table full, dropping packet`.
const full = /\b(?:nf|ip)_conntrack: table full(?: in netns \d+)?, dropping packet/;
const suppressed = /\b(?:net_ratelimit|__ratelimit|\w*conntrack\w*): (\d{1,9}) callbacks suppressed/;
const hour = 3600;

/** Lines on a full table, with their ages in seconds where their stamps and the host's clocks allow it. */
export const parseLog = (seen: Seen, uptime: Reading<number>): KernelLogFacts => {
  const lines = (seen.part("log") ?? "").split("\n");
  const [origin, from, now] = /^@(from|closed) ?(.*?)(?: (\d{4}-\S+))?$/.exec(lines.pop() ?? "")?.slice(1) ?? [];
  if (origin !== "from") return unread(from);
  const source = from ?? "";
  const age = (line: string) => (now === undefined ? ageByUptime(line, valueOf(uptime)) : ageBySyslog(line, now));
  const hits = lines.filter((line) => full.test(line));
  const ages = hits.flatMap((line) => age(line) ?? []);
  return {
    source: read(source),
    full: read(hits.length),
    suppressed: read(lines.reduce((sum, line) => sum + (wholeNumber(suppressed.exec(line)?.[1]) ?? 0), 0)),
    newestAge: ages.length === 0 ? absent : read(Math.min(...ages)),
    recent:
      hits.length > 0 && ages.length === 0
        ? unreadable(`${source}: no time stamps`)
        : read(ages.filter((one) => one <= hour).length),
  };
};

const unread = (closed: string | undefined): KernelLogFacts => {
  const none = unreadable(
    closed ? `no permission to read the kernel log, nor ${closed}` : "no permission to read the kernel log",
  );
  return { source: none, full: none, suppressed: none, newestAge: none, recent: none };
};
