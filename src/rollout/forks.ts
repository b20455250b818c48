/** How many hosts are worked on at once. */
export type Forks = {
  /** Runs the work when a fork is free, in the order of the calls. */
  readonly run: <T>(work: (aside: Aside) => Promise<T>) => Promise<T>;
};

/** Gives the host's fork to others while it waits for something that is not work; it goes on before any new one starts. */
export type Aside = <T>(wait: () => Promise<T>) => Promise<T>;

/** A host that waits keeps its fork: where starting others in the meantime would be wrong. */
export const stay: Aside = (wait) => wait();

export const forksOf = (most: number): Forks => {
  let free = most;
  const back: (() => void)[] = [];
  const fresh: (() => void)[] = [];
  const give = (): void => {
    const next = back.shift() ?? fresh.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const take = (queue: (() => void)[]): Promise<void> => {
    if (free === 0) return new Promise((resolve) => queue.push(resolve));
    free -= 1;
    return Promise.resolve();
  };
  const aside: Aside = async (wait) => {
    give();
    try {
      return await wait();
    } finally {
      await take(back);
    }
  };
  return {
    run: async (work) => {
      await take(fresh);
      try {
        return await work(aside);
      } finally {
        give();
      }
    },
  };
};
