import type { VersionChanges } from '@fleetlake/archive'

/** A date and a cell as one text. */
export const pairOf = (date: string, cell: string): string => `${date}/${cell}`

/** What a version did, as far as it matters here. */
interface Touched {
  /** The number that knows its commit. */
  readonly commit: number
  /** The dates and cells whose rows it changed; undefined where it may have been any. */
  readonly pairs: ReadonlySet<string> | undefined
}

export interface TouchedPairs {
  /**
   * The dates and cells whose rows the versions `(after, to]` changed.
   * @param commit the number that `after` must be known by
   * @returns undefined when that can't be said: too many versions, one that is not in the log any more, another commit at `after`, or a change that may be anywhere
   */
  since(after: number, commit: number, to: number): Promise<ReadonlySet<string> | undefined>
}

/** Versions that are looked at, at most; what is derived from the table is seldom so far behind. */
const MOST_VERSIONS = 512
/** Versions that are remembered. */
const MOST_KEPT = 2_048

const touchedBy = ({ commit, added, removed }: VersionChanges): Touched => {
  const pairs = new Set(added.map(({ date, cell }) => pairOf(date, cell)))
  for (const { place } of removed) {
    if (place === undefined) return { commit, pairs: undefined }
    pairs.add(pairOf(place.date, place.cell))
  }
  return { commit, pairs }
}

/** @param read the changes of the versions `(after, to]`; undefined when one is not in the log any more */
export const createTouchedPairs = (
  read: (after: number, to: number) => Promise<readonly VersionChanges[] | undefined>,
): TouchedPairs => {
  const kept = new Map<number, Touched>()

  const learn = async (from: number, to: number): Promise<boolean> => {
    let first = from
    while (first <= to && kept.has(first)) first++
    let last = to
    while (last > first && kept.has(last)) last--
    if (first > to) return true
    const changes = await read(first - 1, last)
    if (changes === undefined) return false
    for (const change of changes) kept.set(change.version, touchedBy(change))
    return true
  }
  const forget = (): void => {
    for (const version of kept.keys()) {
      if (kept.size <= MOST_KEPT) return
      kept.delete(version)
    }
  }
  return {
    since: async (after, commit, to) => {
      if (to - after > MOST_VERSIONS || after < 0 || !(await learn(after, to))) return undefined
      const found = new Set<string>()
      const isSame = kept.get(after)?.commit === commit
      for (let version = after + 1; isSame && version <= to; version++) {
        const pairs = kept.get(version)?.pairs
        if (pairs === undefined) return undefined
        for (const pair of pairs) found.add(pair)
      }
      forget()
      return isSame ? found : undefined
    },
  }
}
