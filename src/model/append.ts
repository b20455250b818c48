/** Puts one more into the list at a key. */
export const append = <Key, One>(lists: Map<Key, One[]>, key: Key, one: One): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [one]);
  else list.push(one);
};
