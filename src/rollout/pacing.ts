/** How far connections may go at one place: over all, or through one entry. */
export type Limits = {
  /** Connections begun per second, and how many of them at one moment. */
  readonly perSecond: number;
  readonly burst: number;
  /** Logins under way at once: at first, at the most, and at the least when servers refuse. */
  readonly atOnce: { readonly first: number; readonly most: number; readonly least: number };
};

/** How long a host is tried: waits double from `first` to `longest`, each between half and one and a half of that. */
export type Budget = {
  /** Tries of a host whose server refuses, of one that does not answer, and where it may be either. */
  readonly tries: { readonly refused: number; readonly silent: number; readonly unclear: number };
  /** Milliseconds of trying and waiting between tries; what a host waits for its turn does not count. */
  readonly within: number;
  readonly firstWait: number;
  readonly longestWait: number;
};

export type Pacing = { readonly overall: Limits; readonly entry: Limits; readonly budget: Budget };

/**
 * A fleet of plain hosts never meets these limits: this process logs in to fewer than 300 hosts a second. An entry that
 * many hosts share begins with what sshd takes by default (MaxStartups 10:30:100), and gets more with each login that goes well.
 */
export const usualPacing: Pacing = {
  overall: { perSecond: 300, burst: 100, atOnce: { first: 200, most: 200, least: 2 } },
  entry: { perSecond: 100, burst: 10, atOnce: { first: 10, most: 100, least: 1 } },
  budget: { tries: { refused: 8, silent: 2, unclear: 4 }, within: 60_000, firstWait: 500, longestWait: 15_000 },
};
