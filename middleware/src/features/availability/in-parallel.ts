/**
 * Does `work` for all items, at most `most` at once, and answers in their order. The first failure ends it.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  // One iterator for all workers: each takes the next item.
  const queue = items.entries();
  await Promise.all(
    Array.from({ length: Math.min(most, items.length) }, async () => {
      for (const [index, item] of queue) results[index] = await work(item, index);
    }),
  );
  return results;
}
