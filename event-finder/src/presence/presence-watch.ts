import type { Snapshot, TimesIn } from '@fleetlake/archive'
import { dateOf, periodOfDate } from '@fleetlake/core'
import {
  type Batch,
  bucketOf,
  presenceColumns,
  type ProjectionState,
  type ProjectionTable,
} from '@fleetlake/projections'
import type { VehicleSearch } from '../core/search.ts'
import { MOST_LOOKED_UP_ROWS, rowsToRead } from './rows-to-read.ts'
import { pairOf, type TouchedPairs } from './touched-pairs.ts'

/** Vehicles that are looked up for a search, at most: beyond, most files hold one of them. */
const MOST_VEHICLES = 1_000
const DAY_MS = 86_400_000

/** A version of presence, taken before the version of the table that a search is answered from. */
export interface PresenceSeen {
  readonly table: ProjectionTable
  readonly state: ProjectionState
}

export interface PresenceWatch {
  /** Undefined while there is no such table, or when it can't be read: nothing is passed over for it then. */
  look(): Promise<PresenceSeen | undefined>
  /** When the vehicles of a search may have been where; undefined where that is not known, or too much to read. */
  timesIn(seen: PresenceSeen, snapshot: Snapshot, search: VehicleSearch): Promise<TimesIn | undefined>
}

export interface PresenceWatchDeps {
  /** Undefined while there is none. */
  open(): Promise<ProjectionTable | undefined>
  readonly touched: TouchedPairs
  /** Told of a table that can't be read. */
  onFault(error: unknown): void
  readonly mostReadRows?: number
}

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS)

/** Of the buckets of some vehicles: how far they are all folded, and from which day on. */
const foldedOf = (
  state: ProjectionState,
  vehicleIds: readonly string[],
):
  | { readonly version: number; readonly newest: number; readonly commit: number; readonly frontier: number }
  | undefined => {
  let found: { version: number; newest: number; commit: number; frontier: number } | undefined
  for (const bucket of new Set(vehicleIds.map(bucketOf))) {
    const offset = state.offset(bucket)
    if (offset === undefined) return undefined
    const { version, commit, frontier } = offset
    found = {
      ...(found === undefined || version < found.version ? { version, commit } : found),
      newest: Math.max(version, found?.newest ?? version),
      frontier: Math.max(frontier, found?.frontier ?? frontier),
    }
  }
  return found
}

interface Times {
  from: number
  to: number
}

/** Takes in the times of rows, be they partial. */
const addTimes = (pairs: Map<string, Times>, batch: Batch): void => {
  const { length, day, cell, cells, first, last } = presenceColumns(batch)
  const ofBatch = new Map<number, Times & { readonly row: number }>()
  for (let row = 0; row < length; row++) {
    const key = day[row] * cells.count + cell[row]
    const known = ofBatch.get(key)
    if (known === undefined) ofBatch.set(key, { row, from: first[row], to: last[row] + 1 })
    else {
      known.from = Math.min(known.from, first[row])
      known.to = Math.max(known.to, last[row] + 1)
    }
  }
  for (const { row, from, to } of ofBatch.values()) {
    const pair = pairOf(dateOf(day[row] * DAY_MS), Buffer.from(cells.at(cell[row])).toString('latin1'))
    const known = pairs.get(pair)
    pairs.set(pair, { from: Math.min(from, known?.from ?? from), to: Math.max(to, known?.to ?? to) })
  }
}

/**
 * What the table `presence` lets a search pass over. Invariant: pairs of a date and a cell alone, which compactions don't change; none that a version after the one that presence has
 * folded may have changed, none of a date that it has not folded yet, and none of a date that retention has taken: what comes into
 * such a date again is in the table, and not in presence.
 */
export const createPresenceWatch = ({
  open,
  touched,
  onFault,
  mostReadRows = MOST_LOOKED_UP_ROWS,
}: PresenceWatchDeps): PresenceWatch => {
  let table: ProjectionTable | undefined
  return {
    look: async () => {
      try {
        table ??= await open()
        return table && { table, state: await table.refresh() }
      } catch (error) {
        table = undefined
        onFault(error)
        return undefined
      }
    },
    timesIn: async (seen, { version, dates, newestDateGone }, { vehicleIds, period }) => {
      if (vehicleIds === undefined || vehicleIds.length === 0 || vehicleIds.length > MOST_VEHICLES) return undefined
      const folded = foldedOf(seen.state, vehicleIds)
      if (folded === undefined || folded.newest > version) return undefined
      try {
        const changed = await touched.since(folded.version, folded.commit, version)
        if (changed === undefined) return undefined
        // Of a period without an end the dates of the table alone.
        const days = Array.from(dates.keys(), (date) => dayOf(periodOfDate(date).from))
        const from = Math.max(dayOf(period.from), Math.min(...days), folded.frontier)
        const to = Math.min(dayOf(period.to - 1), Math.max(...days)) + 1
        const pairs = new Map<string, Times>()
        if (from < to) {
          const selection = { keys: vehicleIds, dates: { from, to } }
          if (rowsToRead(seen, selection) > mostReadRows) return undefined
          for await (const batch of seen.table.readAtOnce(seen.state, selection)) addTimes(pairs, batch)
        }
        return (date, cell) => {
          const day = periodOfDate(date)
          const pair = pairOf(date, cell)
          const isKnown =
            dayOf(day.from) >= folded.frontier && !(newestDateGone !== undefined && date <= newestDateGone)
          return isKnown && !changed.has(pair) ? pairs.get(pair) : day
        }
      } catch (error) {
        onFault(error)
        return undefined
      }
    },
  }
}
