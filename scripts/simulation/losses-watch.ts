import type { ObjectStore } from '@fleetlake/archive'
import { parquetReadObjects } from 'hyparquet'
import type { Place } from './ledger.ts'

/** A loss as the table of losses tells it; times are ms since the epoch. */
export interface ToldLoss {
  readonly id: string
  readonly partition: number
  readonly created: string
  readonly from: number
  /** Undefined of a possible loss. */
  readonly to: number | undefined
  readonly firstStored: number | undefined
  readonly lastStored: number
  readonly isSettled: boolean
}

const decoder = new TextDecoder()

/** The losses that the table of losses tells, read without any code of Fleetlake. */
export const readLosses = async (store: ObjectStore): Promise<ToldLoss[]> => {
  const losses = new Map<string, ToldLoss>()
  const settled = new Set<string>()
  for (let version = 0; ; version++) {
    const commit = await store.get(`_delta_log/${String(version).padStart(20, '0')}.json`)
    if (commit === undefined) break
    for (const line of decoder.decode(commit).trim().split('\n')) {
      const { add } = JSON.parse(line) as { add?: { path: string } }
      if (add === undefined) continue
      const bytes = (await store.get(decodeURIComponent(add.path)))!
      for (const row of await parquetReadObjects({ file: bytes.slice().buffer })) {
        const id = String(row['id'])
        if (row['kind'] === 'settled') settled.add(id)
        else losses.set(id, widest(lossOf(id, row), losses.get(id)))
      }
    }
  }
  return [...losses.values()].map((loss) => ({ ...loss, isSettled: settled.has(loss.id) }))
}

const numberIn = (value: unknown): number | undefined => {
  if (value === null || value === undefined) return undefined
  return value instanceof Date ? value.getTime() : Number(value)
}

const lossOf = (id: string, row: Readonly<Record<string, unknown>>): ToldLoss => ({
  id,
  partition: Number(row['partition']),
  created: String(row['created']),
  from: Number(row['from_sequence']),
  to: numberIn(row['to_sequence']),
  firstStored: numberIn(row['first_stored']),
  lastStored: numberIn(row['last_stored'])!,
  isSettled: false,
})

/** A loss that is told twice: the times of both hold. */
const widest = (loss: ToldLoss, known: ToldLoss = loss): ToldLoss => ({
  ...loss,
  firstStored: Math.min(loss.firstStored ?? 0, known.firstStored ?? 0),
  lastStored: Math.max(loss.lastStored, known.lastStored),
})

/**
 * Whether a loss tells of a message. A possible one says that anything may be gone that was stored in its time: there may have been other streams between the one that it
 * names and the next that was archived.
 */
export const tellsOf = (
  { partition, created, from, to, firstStored = 0, lastStored }: ToldLoss,
  place: Place,
): boolean =>
  partition === place.partition &&
  firstStored <= place.storedMs &&
  place.storedMs <= lastStored &&
  (to === undefined || (created === place.created && from <= place.sequence && place.sequence <= to))
