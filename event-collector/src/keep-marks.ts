import { type ObjectStore, readMarks, writeMarks } from '@fleetlake/archive'
import { formatStreamMarks, type StreamMark } from '@fleetlake/contracts'
import { codeField, reasonOf } from '@fleetlake/core'
import { furthestMarks, isOutdated, type TableOffsets } from '@fleetlake/hub'

export interface MarkKeeperDeps {
  /** Where they lie: with the archive, not with the hub. */
  readonly store: ObjectStore
  /** What this collector has seen and the table does not tell. */
  marks(): readonly StreamMark[]
  offsets(): Promise<TableOffsets>
  warn(what: Record<string, unknown>, message: string): void
}

/**
 * Notes how far the streams were seen filled, for those who come after: a hub may come back in an earlier state when all who had read further are gone. What was noted once stays
 * true; what the table tells by now is passed over.
 */
export interface MarkKeeper {
  /** What others have noted of a stream, as far as the table does not tell it. */
  of(partition: number): Promise<StreamMark | undefined>
  /** Notes what is new, also while an earlier note is under way; who asks meanwhile shares the next one. Never rejects. */
  note(): Promise<void>
}

export const createMarkKeeper = ({ store, marks, offsets, warn }: MarkKeeperDeps): MarkKeeper => {
  let noted: string | undefined
  let noting: Promise<void> = Promise.resolve()
  /** The note that has not begun yet, and what it is to say: what was seen when it was asked for, though it may not be known any more when it begins. */
  let waiting: { own: readonly StreamMark[]; readonly done: Promise<void> } | undefined
  let inherited: readonly StreamMark[] = []
  let reading: Promise<ReadonlyMap<number, StreamMark>> | undefined

  const readAll = async (): Promise<ReadonlyMap<number, StreamMark>> => {
    const all = await readMarks(store)
    if (all.length === 0) return new Map()
    const now = await offsets()
    const furthest = furthestMarks(all.filter((mark) => !isOutdated(mark, now)))
    inherited = [...furthest.values()]
    return furthest
  }
  /** Each partition has one reader: of two collectors, the least of those that they read differ. */
  const write = async (own: readonly StreamMark[]): Promise<void> => {
    if (own.length === 0) return
    const all = [...furthestMarks([...inherited, ...own]).values()]
    const text = formatStreamMarks(all)
    if (text === noted) return
    await writeMarks(store, Math.min(...own.map(({ partition }) => partition)), all)
    noted = text
  }
  const begin = (): Promise<void> => {
    const own = waiting?.own ?? []
    waiting = undefined
    noting = write(own).catch((error: unknown) =>
      warn(codeField(error), `how far the streams were read was not noted: ${reasonOf(error)}`),
    )
    return noting
  }

  return {
    of: async (partition) => {
      reading ??= readAll().finally(() => {
        reading = undefined
      })
      return (await reading).get(partition)
    },
    note: () => {
      if (waiting !== undefined) {
        waiting.own = [...furthestMarks([...waiting.own, ...marks()]).values()]
        return waiting.done
      }
      const done = noting.then(begin)
      waiting = { own: marks(), done }
      return done
    },
  }
}
