import { type Batch, type ProjectionColumn } from '../table/batch.ts'
import { mergeBy, type ProjectionKind } from '../table/projection-kind.ts'
import { addIntervals, CLASSES, parseIntervals, storeIntervals } from './intervals.ts'
import { createTextNumbers, type PresenceColumns, presenceBatch, presenceColumns } from './presence-columns.ts'

const COLUMNS: readonly ProjectionColumn[] = [
  { name: 'bucket', type: 'int' },
  { name: 'vehicle_id', type: 'string' },
  { name: 'date', type: 'date' },
  { name: 'cell', type: 'string' },
  { name: 'first', type: 'timestamp' },
  { name: 'last', type: 'timestamp' },
  { name: 'rows', type: 'int' },
  { name: 'cadence', type: 'int' },
  { name: 'intervals', type: 'text' },
]

/** Texts of intervals are parsed once, each when it is first asked for. */
const intervalParser = ({ intervals }: PresenceColumns): ((code: number) => Int32Array | undefined) => {
  const parsed: (Int32Array | undefined)[] = Array.from({ length: intervals.count })
  return (code) =>
    code < 0 ? undefined : (parsed[code] ??= parseIntervals(Buffer.from(intervals.at(code)).toString('latin1')))
}

/** Sums of rows and intervals, the least first and the greatest last. */
const combine = (sorted: Batch, starts: Uint32Array): Batch => {
  const from = presenceColumns(sorted)
  const parse = intervalParser(from)
  const texts = createTextNumbers()
  const length = starts.length - 1
  const counts = new Int32Array(CLASSES)
  const [vehicle, day, cell, interval] = Array.from({ length: 4 }, () => new Int32Array(length))
  const [first, last, rows, cadence] = Array.from({ length: 4 }, () => new Float64Array(length))
  for (let i = 0; i < length; i++) {
    const [start, end] = [starts[i], starts[i + 1]]
    let [least, most, sum] = [Infinity, -Infinity, 0]
    counts.fill(0)
    for (let row = start; row < end; row++) {
      least = Math.min(least, from.first[row])
      most = Math.max(most, from.last[row])
      sum += from.rows[row]
      const parsed = parse(from.interval[row])
      addIntervals(counts, { cadence: from.cadence[row], rows: from.rows[row], parsed })
    }
    const stored = storeIntervals(counts, sum)
    vehicle[i] = from.vehicle[start]
    day[i] = from.day[start]
    cell[i] = from.cell[start]
    first[i] = least
    last[i] = most
    rows[i] = sum
    cadence[i] = stored.cadence
    interval[i] = stored.text === undefined ? -1 : texts.numberOf(stored.text)
  }
  const { vehicleIds, cells } = from
  return presenceBatch({
    length,
    vehicle,
    vehicleIds,
    day,
    cell,
    cells,
    first,
    last,
    rows,
    cadence,
    interval,
    intervals: texts.texts(),
  })
}

/** Which vehicle was in which cell on which date: from when to when, with how many reports, and in which intervals. */
export const PRESENCE: ProjectionKind = {
  name: 'presence',
  columns: COLUMNS,
  keys: 4,
  keyColumn: 'vehicle_id',
  hasDates: true,
  merge: (batches) => mergeBy(PRESENCE, batches, combine),
}
