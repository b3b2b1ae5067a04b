import { dayOf } from '@fleetlake/core'
import type { Positions } from '@fleetlake/columnar'
import type { BatchCadences } from '@fleetlake/hub/browser'
import { vehicleIdAt } from '../rows/vehicle-ids.ts'

/** How often vehicles report over all their reports of a date, ms: by the day since 1970-01-01, UTC, and the vehicle's id. Plain data, which another thread can be given. */
export type KnownCadences = ReadonlyMap<number, ReadonlyMap<string, number>>

/** Some 100 MB. Of more vehicles and dates the cadence is that of the rows in hand. */
const MOST_KNOWN = 1_000_000

/** What the batches of an answer say. */
export interface CadenceCollector {
  /** Filled as batches come. Invariant: the same for every order of the batches, up to the number that is kept. */
  readonly known: KnownCadences
  add(batch: { readonly rows: Positions; readonly cadences?: BatchCadences | undefined }): void
}

export const createCadenceCollector = (most: number = MOST_KNOWN): CadenceCollector => {
  const known = new Map<number, Map<string, number>>()
  let count = 0
  return {
    known,
    add: ({ rows, cadences }) => {
      if (cadences === undefined) return
      const { runs, ofRuns } = cadences
      for (let run = 0; run < runs.length; run++) {
        const cadence = ofRuns[run]
        if (cadence === undefined) continue
        const row = runs[run]
        const [day, id] = [dayOf(rows.eventTime[row]), vehicleIdAt(rows, row)]
        const ofDay = known.get(day) ?? new Map<string, number>()
        const before = ofDay.get(id)
        if (before === undefined && count >= most) continue
        if (before === undefined) count++
        // Finders may have looked at different times.
        known.set(day, ofDay.set(id, Math.max(cadence, before ?? 0)))
      }
    },
  }
}
