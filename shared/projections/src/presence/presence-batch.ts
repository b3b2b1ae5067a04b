import { bytesOfTexts, createIdTable, type IdTable } from '@fleetlake/columnar'
import type { Batch } from '../table/batch.ts'
import { CLASSES, storeIntervals } from './intervals.ts'
import { createTextNumbers, presenceBatch } from './presence-columns.ts'

/** A row of presence, its texts as UTF-8 bytes. */
export interface PresencePart {
  readonly vehicle: Uint8Array
  /** Days since 1970-01-01. */
  readonly day: number
  readonly cell: Uint8Array
  /** ms since the epoch. */
  readonly first: number
  readonly last: number
  readonly rows: number
  /** By class. */
  readonly intervals: Iterable<readonly [klass: number, count: number]>
}

const numberOf = (table: IdTable, text: Uint8Array): number => table.numberOf(text, 0, text.length)

/** @param capacity rows that there is room for */
export const createPresenceBatch = (
  capacity: number,
): { readonly length: number; add(part: PresencePart): void; finish(): Batch } => {
  const [ids, cells, texts] = [createIdTable(), createIdTable(), createTextNumbers()]
  const [vehicle, day, cell, interval] = Array.from({ length: 4 }, () => new Int32Array(capacity))
  const [first, last, rows, cadence] = Array.from({ length: 4 }, () => new Float64Array(capacity))
  const counts = new Int32Array(CLASSES)
  let length = 0
  return {
    get length() {
      return length
    },
    add: (part) => {
      counts.fill(0)
      for (const [klass, count] of part.intervals) counts[klass] = count
      const stored = storeIntervals(counts, part.rows)
      vehicle[length] = numberOf(ids, part.vehicle)
      day[length] = part.day
      cell[length] = numberOf(cells, part.cell)
      first[length] = part.first
      last[length] = part.last
      rows[length] = part.rows
      cadence[length] = stored.cadence
      interval[length] = stored.text === undefined ? -1 : texts.numberOf(stored.text)
      length++
    },
    finish: () =>
      presenceBatch({
        length,
        vehicle: vehicle.subarray(0, length),
        vehicleIds: bytesOfTexts(ids.texts()),
        day: day.subarray(0, length),
        cell: cell.subarray(0, length),
        cells: bytesOfTexts(cells.texts()),
        first: first.subarray(0, length),
        last: last.subarray(0, length),
        rows: rows.subarray(0, length),
        cadence: cadence.subarray(0, length),
        interval: interval.subarray(0, length),
        intervals: texts.texts(),
      }),
  }
}
