import { ATTRIBUTES, type ColumnsBeside, type Positions } from '@fleetlake/columnar'

/** What the table has beside the seven columns, as new as messages need it. */
export interface ColumnWatch {
  readonly current: ColumnsBeside
  /**
   * To be awaited before a message with measures is judged. The table is read again, once, for names that it is not known to have; not again for a name within a time. Where it
   * can't be read, what is known counts: what has no column goes to the attributes. Never rejects.
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

const AGAIN_MS = 10_000
/** Names that are remembered; of more, the first are asked for again. */
const MAX_NAMES = 4_096

export const createColumnWatch = ({ current, refresh, now }: ColumnWatchDeps): ColumnWatch => {
  /** When each name was asked for, the oldest first. */
  const asked = new Map<string, number>()
  /** Who meets a name that is being asked for waits too. */
  let reading: Promise<void> | undefined
  const isDue = (name: string): boolean => now() - (asked.get(name) ?? -Infinity) >= AGAIN_MS
  const note = (name: string): void => {
    asked.delete(name)
    asked.set(name, now())
    if (asked.size > MAX_NAMES) asked.delete(asked.keys().next().value!)
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
        // It is added when it is needed.
        .filter((name) => name !== ATTRIBUTES && !known.some((each) => each.name === name))
      if (unknown.length === 0) return undefined
      const due = unknown.filter(isDue)
      if (due.length === 0) return reading
      due.forEach(note)
      const mine = refresh()
        .then(() => undefined)
        .catch(() => undefined)
        .finally(() => {
          if (reading === mine) reading = undefined
        })
      reading = mine
      return mine
    },
  }
}
