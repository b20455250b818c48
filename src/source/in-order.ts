const atOnce = 16;

/** What `work` gives for each item, in the items' order; so many at once, as the time goes into waiting for the disk. */
export const inOrder = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  const left = items.entries();
  const worker = async (): Promise<void> => {
    // the items are shared: each is taken by one
    for (const [at, item] of left) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
};
