/** Names of fields that each stand once: a second "speed" becomes "speed (2)", an empty one the number of its column. */
export const uniqueNames = (cells: readonly string[]): string[] => {
  const taken = new Set<string>()
  return cells.map((cell, i) => {
    const name = cell === '' ? String(i + 1) : cell
    let free = name
    for (let n = 2; taken.has(free); n++) free = `${name} (${n})`
    taken.add(free)
    return free
  })
}
