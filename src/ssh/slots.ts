/** Runs at most `most` tasks at once, the others in the order in which they came. A slot is free when its task ends. */
export const slots = (most: number): (<T>(task: () => Promise<T>) => Promise<T>) => {
  let busy = 0;
  const waiting: (() => void)[] = [];
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      if (busy >= most) {
        // The slot of the one before is handed over: `busy` stays.
        waiting.push(resolve);
        return;
      }
      busy += 1;
      resolve();
    });
  return async (task) => {
    await turn();
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  };
};
