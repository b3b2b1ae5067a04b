import { type ObjectStore, readMarks, writeMarks } from '@fleetlake/archive'
import { formatStreamMarks, type StreamMark } from '@fleetlake/contracts'
import { codeField, reasonOf } from '@fleetlake/core'
import { furthestMarks, isOutdated, type TableOffsets } from '@fleetlake/hub'

export interface MarkKeeperDeps {
  /** Where they lie: with the archive, not with the hub. */
  readonly store: ObjectStore
  /** This collector's own name. */
  readonly writer: string
  /** What this collector has seen and the table does not tell. */
  marks(): readonly StreamMark[]
  offsets(): Promise<TableOffsets>
  warn(what: Record<string, unknown>, message: string): void
}

/**
 * Notes how far the streams were seen filled, for those who come after: a hub may come back in an earlier state when all who had read further are gone. Invariant: a mark stays
 * until the table tells what it does.
 */
export interface MarkKeeper {
  /** What others have noted of a stream, as far as the table does not tell it. */
  of(partition: number): Promise<StreamMark | undefined>
  /** Notes what is new. Never rejects. */
  note(): Promise<void>
  /** Removes what the table tells by now, of this collector and of those that are gone. Never rejects. */
  tidy(): Promise<void>
}

export const createMarkKeeper = ({ store, writer, marks, offsets, warn }: MarkKeeperDeps): MarkKeeper => {
  let noted: string | undefined
  let noting: Promise<void> = Promise.resolve()
  let reading: Promise<ReadonlyMap<number, StreamMark>> | undefined

  const readAll = async (): Promise<ReadonlyMap<number, StreamMark>> => {
    const files = await readMarks(store)
    if (files.length === 0) return new Map()
    const now = await offsets()
    return furthestMarks(files.flatMap((file) => file.marks).filter((mark) => !isOutdated(mark, now)))
  }
  const noteNow = async (): Promise<void> => {
    const seen = marks()
    const text = formatStreamMarks(seen)
    if (seen.length === 0 || text === noted) return
    await writeMarks(store, writer, seen)
    noted = text
  }
  const told = (work: Promise<void>, what: string): Promise<void> =>
    work.catch((error: unknown) => warn(codeField(error), `${what}: ${reasonOf(error)}`))
  const tidy = async (): Promise<void> => {
    const files = await readMarks(store)
    if (files.length === 0) return
    const now = await offsets()
    for (const { path, marks: of } of files) {
      if (of.every((mark) => isOutdated(mark, now))) await store.delete(path)
    }
  }

  return {
    of: async (partition) => {
      reading ??= readAll().finally(() => {
        reading = undefined
      })
      return (await reading).get(partition)
    },
    note: () => {
      noting = noting.then(() => told(noteNow(), 'how far the streams were read was not noted'))
      return noting
    },
    tidy: () => told(tidy(), 'notes of how far streams were read were not tidied'),
  }
}
