/** Insertions, deletions and replacements that make one text of another. */
const distance = (a: string, b: string): number => {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    above = row
  }
  return above[b.length]
}

const MOST = 3
const LONGEST = 80

/** Of some names those that may have been meant, the likeliest first. */
export const nearestNames = (name: string, names: Iterable<string>): string[] => {
  const wanted = name.toLowerCase().slice(0, LONGEST)
  const most = Math.max(2, Math.floor(wanted.length / 3))
  return [...new Set(names)]
    .map((other) => ({
      other,
      far: other.startsWith(wanted) || other.endsWith(wanted) ? 1 : distance(wanted, other.slice(0, LONGEST)),
    }))
    .filter(({ far }) => far <= most)
    .toSorted((a, b) => a.far - b.far || (a.other < b.other ? -1 : 1))
    .slice(0, MOST)
    .map(({ other }) => other)
}

/** The end of a sentence about an unknown name: similar names, or all names. */
export const didYouMean = (name: string, names: readonly string[]): string => {
  const near = nearestNames(name, names)
  const shown = (near.length > 0 ? near : names.slice(0, 20)).map((other) => `"${other}"`).join(', ')
  return near.length > 0 ? `did you mean ${shown}?` : `there ${names.length > 20 ? 'are among others' : 'are'} ${shown}`
}
