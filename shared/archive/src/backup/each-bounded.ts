export interface Bounds {
  readonly most: number
  readonly mostBytes: number
  /** Once aborted, nothing more is begun. */
  readonly signal: AbortSignal
}

/**
 * Acts on items, some at once: so many, and so many bytes in all; a larger one has its turn alone. The first failure ends it, once what has begun has ended.
 */
export const eachBounded = async <Item extends { readonly bytes: number }>(
  items: Iterable<Item>,
  { most, mostBytes, signal }: Bounds,
  act: (item: Item) => Promise<void>,
): Promise<void> => {
  const running = new Set<Promise<void>>()
  const faults: unknown[] = []
  let bytes = 0
  for (const item of items) {
    while (running.size > 0 && (running.size >= most || bytes + item.bytes > mostBytes)) await Promise.race(running)
    if (signal.aborted || faults.length > 0) break
    bytes += item.bytes
    const one: Promise<void> = act(item)
      .catch((fault: unknown) => void faults.push(fault))
      .finally(() => {
        running.delete(one)
        bytes -= item.bytes
      })
    running.add(one)
  }
  await Promise.all(running)
  if (faults.length > 0) throw faults[0]
}
