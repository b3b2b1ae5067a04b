import { type Chunk, readReports } from '@fleetlake/archive'
import { compareUtf8 } from '@fleetlake/archive/log'
import { type Rows, textAt } from '@fleetlake/columnar'
import type { FoldDeps } from '../engine/fold-deps.ts'
import { countReports, type ReportCount } from './count-reports.ts'
import { classOf } from './intervals.ts'
import type { PresencePart } from './presence-batch.ts'
import { cellOfKey, vehicleOfKey } from './presence-key.ts'
import { type PresenceRow, readPresence } from './presence-rows.ts'

/** A key of a date of which a row came that was not later than all before. */
export interface MarkedKey {
  readonly bucket: number
  /** In its bucket's keys. */
  readonly number: number
  readonly key: Uint8Array
}

export interface RecountRequest {
  readonly date: string
  readonly day: number
  /** So many at a time as are looked up in the table at once. */
  readonly marked: Iterable<readonly MarkedKey[]>
  /** What the table has of the date does not count. */
  readonly isAnew: boolean
}

/** What is to be added to a marked key. */
export interface Recounted {
  readonly part: PresencePart
  readonly of: MarkedKey
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const nameOf = (cell: string, vehicle: string): string => `${cell}/${vehicle}`

/** Those of the rows that are of some vehicles. */
const rowsOfVehicles =
  (wanted: ReadonlySet<string>) =>
  ({ length, vehicle, vehicleIds: { count, offsets, bytes } }: Rows): Uint32Array => {
    const isWanted = Uint8Array.from({ length: count }, (_, id) =>
      Number(wanted.has(decoder.decode(bytes.subarray(offsets[id], offsets[id + 1])))),
    )
    const order = new Uint32Array(length)
    let chosen = 0
    for (let row = 0; row < length; row++) if (isWanted[vehicle[row]] === 1) order[chosen++] = row
    return order.subarray(0, chosen)
  }

/** May keep a file without any of some vehicles; never leaves out one with any. @param sorted as their bytes are */
const mayHold = ({ vehicleIdMin, vehicleIdMax }: Chunk, sorted: readonly string[]): boolean => {
  if (vehicleIdMin === undefined || vehicleIdMax === undefined) return true
  return sorted.some((id) => compareUtf8(id, vehicleIdMin) >= 0 && compareUtf8(id, vehicleIdMax) <= 0)
}

/** What is there less what the table has; undefined where that is nothing. */
const differenceOf = (
  count: ReportCount,
  known: PresenceRow | undefined,
): Omit<PresencePart, 'vehicle' | 'day' | 'cell'> | undefined => {
  const { first, last } = count
  if (known === undefined) return { first, last, rows: count.rows, intervals: count.intervals }
  const intervals = new Map(count.intervals)
  for (const [seconds, times] of known.intervals) {
    const klass = classOf(seconds * 1_000)
    intervals.set(klass, (intervals.get(klass) ?? 0) - times)
  }
  const left = [...intervals].filter(([, rows]) => rows !== 0)
  const rows = count.rows - known.rows
  return rows === 0 && left.length === 0 && first === known.first && last === known.last
    ? undefined
    : { first, last, rows, intervals: left }
}

/** The rows that the table has of some keys, by name. */
const knownRows = async (
  { day, isAnew }: RecountRequest,
  vehicleIds: readonly string[],
  { table, state }: FoldDeps,
): Promise<ReadonlyMap<string, PresenceRow>> => {
  if (isAnew) return new Map()
  const rows = await readPresence(table, state, { vehicleIds, dates: { from: day, to: day + 1 } })
  return new Map(rows.map((row) => [nameOf(row.cell, row.vehicleId), row]))
}

/**
 * Computes marked keys from the pinned version: what is to be added to each so that the table has what its distinct reports come to. Sums of what was added before
 * are set right by what may be less than nothing.
 */
export async function* recount(request: RecountRequest, deps: FoldDeps): AsyncGenerator<Recounted> {
  const { date, day, marked } = request
  const { moves, snapshot } = deps
  for (const keysAtOnce of marked) {
    const some = keysAtOnce.map((key) => ({
      ...key,
      cell: decoder.decode(cellOfKey(key.key)),
      vehicle: decoder.decode(vehicleOfKey(key.key)),
    }))
    const known = await knownRows(request, [...new Set(some.map(({ vehicle }) => vehicle))], deps)
    for (const [cell, keys] of Map.groupBy(some, (key) => key.cell)) {
      deps.signal.throwIfAborted()
      const byVehicle = new Map(keys.map((key) => [key.vehicle, key]))
      const sorted = [...byVehicle.keys()].toSorted(compareUtf8)
      const files = (snapshot.dates.get(date)?.cells.get(cell) ?? []).filter((chunk) => mayHold(chunk, sorted))
      const reports = await readReports(moves, files, {
        measures: snapshot.measures,
        choose: rowsOfVehicles(new Set(sorted)),
      })
      for (const count of countReports(reports)) {
        const vehicle = textAt(reports.vehicleIds, count.vehicle)
        const difference = differenceOf(count, known.get(nameOf(cell, vehicle)))
        const key = byVehicle.get(vehicle)
        if (difference === undefined || key === undefined) continue
        yield {
          of: key,
          part: { vehicle: vehicleOfKey(key.key), day, cell: cellOfKey(key.key), ...difference },
        }
      }
    }
  }
}
