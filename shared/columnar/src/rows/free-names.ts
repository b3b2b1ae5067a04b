/**
 * Gives out names that are all different: one that is there already gets underscores at its end. Invariant: it takes a time that grows with the names given out, however
 * many are equal; a message of 64 KiB may have ten thousand.
 */
export const createFreeNames = (taken: Iterable<string> = []): ((name: string) => string) => {
  /** How many underscores a name is to be tried with next; 0 for one that is free. */
  const tries = new Map<string, number>()
  for (const name of taken) tries.set(name, 1)
  return (name) => {
    let count = tries.get(name) ?? 0
    let free = name
    while (count > 0 && tries.has((free = name + '_'.repeat(count)))) count++
    tries.set(name, count + 1)
    if (count > 0) tries.set(free, 1)
    return free
  }
}
