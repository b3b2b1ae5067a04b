import { COLUMNS_ON_DEMAND, type ColumnsBeside, type Positions } from '@fleetlake/columnar'

/** What the table has beside the seven columns, as new as messages need it. */
export interface ColumnWatch {
  readonly current: ColumnsBeside
  /**
   * To be awaited before a message with measures is judged. The table is read again, once, for names that it is not known to have; for names that it lacked then, at most once a second, and
   * nothing waits for that. Where it can't be read, what is known counts: what has no column goes to the attributes. Never rejects.
   * @returns undefined when there is nothing to wait for
   */
  meet(rows: Positions): Promise<void> | undefined
}

export interface ColumnWatchDeps {
  current(): ColumnsBeside
  refresh(): Promise<unknown>
  /** Monotonic, ms. */
  now(): number
}

const AGAIN_MS = 1_000
/** Names that are remembered; of more, the first are waited for again. */
const MAX_NAMES = 4_096

export const createColumnWatch = ({ current, refresh, now }: ColumnWatchDeps): ColumnWatch => {
  /** Names that the table lacked when it was read for them, the first ones first. */
  const asked = new Set<string>()
  /** For names that nothing is known of: whatever meets one of them waits too. */
  let waiting: Promise<void> | undefined
  let isReading = false
  let readMs = -Infinity
  const note = (name: string): void => {
    asked.delete(name)
    asked.add(name)
    if (asked.size > MAX_NAMES) asked.delete(asked.values().next().value!)
  }
  const read = async (): Promise<void> => {
    readMs = now()
    isReading = true
    try {
      await refresh()
    } catch {
      // What is known counts.
    } finally {
      isReading = false
    }
  }
  const readForAll = (): Promise<void> => {
    const mine = read().finally(() => {
      if (waiting === mine) waiting = undefined
    })
    waiting = mine
    return mine
  }
  return {
    get current() {
      return current()
    },
    meet: ({ measures }) => {
      if (measures.length === 0) return undefined
      const known = current().measures
      const unknown = measures
        .map(({ spec }) => spec.name)
        .filter((name) => !COLUMNS_ON_DEMAND.some((each) => each.name === name))
        .filter((name) => !known.some((each) => each.name === name))
      if (unknown.length === 0) return undefined
      const fresh = unknown.filter((name) => !asked.has(name))
      if (fresh.length > 0) {
        fresh.forEach(note)
        return readForAll()
      }
      if (waiting === undefined && !isReading && now() - readMs >= AGAIN_MS) void read()
      return waiting
    },
  }
}
