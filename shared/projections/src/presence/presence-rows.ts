import type { TextBytes } from '@fleetlake/columnar'
import type { Batch } from '../table/batch.ts'
import type { ProjectionState } from '../table/projection-log.ts'
import type { ProjectionTable } from '../table/projection-table.ts'
import { addIntervals, CLASSES, INTERVAL_CLASSES, parseIntervals, storeIntervals } from './intervals.ts'
import { createTextNumbers, presenceBatch, presenceColumns } from './presence-columns.ts'

/** A vehicle in a cell on a date, for lookups of few vehicles. */
export interface PresenceRow {
  readonly vehicleId: string
  /** Days since 1970-01-01, UTC. */
  readonly day: number
  /** Geohash. */
  readonly cell: string
  /** ms since the epoch. */
  readonly first: number
  readonly last: number
  /** Distinct reports. */
  readonly rows: number
  /** How many intervals between consecutive distinct report times are of which class, by the class in s. */
  readonly intervals: ReadonlyMap<number, number>
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const stringsOf = (texts: TextBytes): string[] =>
  Array.from({ length: texts.count }, (_, i) => decoder.decode(texts.at(i)))

/** @throws RangeError for intervals that are none */
export const rowsOfPresence = (batch: Batch): PresenceRow[] => {
  const columns = presenceColumns(batch)
  const [vehicleIds, cells, texts] = [columns.vehicleIds, columns.cells, columns.intervals].map(stringsOf)
  return Array.from({ length: batch.length }, (_, row) => {
    const counts = new Int32Array(CLASSES)
    const code = columns.interval[row]
    const rows = columns.rows[row]
    const parsed = code < 0 ? undefined : parseIntervals(texts[code])
    addIntervals(counts, { cadence: columns.cadence[row], rows, parsed })
    const known = INTERVAL_CLASSES.flatMap((seconds, place) =>
      counts[place] === 0 ? [] : [[seconds, counts[place]] as const],
    )
    return {
      vehicleId: vehicleIds[columns.vehicle[row]],
      day: columns.day[row],
      cell: cells[columns.cell[row]],
      first: columns.first[row],
      last: columns.last[row],
      rows,
      intervals: new Map(known),
    }
  })
}

export const presenceOfRows = (rows: readonly PresenceRow[]): Batch => {
  const [ids, cells, texts] = [createTextNumbers(), createTextNumbers(), createTextNumbers()]
  const stored = rows.map(({ intervals, rows: count }) =>
    storeIntervals(
      INTERVAL_CLASSES.map((seconds) => intervals.get(seconds) ?? 0),
      count,
    ),
  )
  return presenceBatch({
    length: rows.length,
    vehicle: Int32Array.from(rows, ({ vehicleId }) => ids.numberOf(vehicleId)),
    day: Int32Array.from(rows, ({ day }) => day),
    cell: Int32Array.from(rows, ({ cell }) => cells.numberOf(cell)),
    first: Float64Array.from(rows, ({ first }) => first),
    last: Float64Array.from(rows, ({ last }) => last),
    rows: Float64Array.from(rows, ({ rows: count }) => count),
    cadence: Float64Array.from(stored, ({ cadence }) => cadence),
    interval: Int32Array.from(stored, ({ text }) => (text === undefined ? -1 : texts.numberOf(text))),
    vehicleIds: ids.texts(),
    cells: cells.texts(),
    intervals: texts.texts(),
  })
}

/**
 * What a state of the table knows of few vehicles, by vehicle, date and cell. Invariant: never fewer rows than it has.
 * @throws FleetError `table.invalid` for a file that is not as it was written, `table.unsupported`, `store.failed`
 */
export const readPresence = async (
  table: ProjectionTable,
  state: ProjectionState,
  {
    vehicleIds,
    dates,
  }: { readonly vehicleIds: readonly string[]; readonly dates?: { readonly from: number; readonly to: number } },
): Promise<readonly PresenceRow[]> =>
  rowsOfPresence(await table.rows(state, { keys: vehicleIds, ...(dates === undefined ? {} : { dates }) }))
