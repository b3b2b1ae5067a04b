import type { RowColumns } from '@fleetlake/contracts'

/** What an import has done so far. */
export interface Tally {
  rows: number
  refused: number
  /** Refused rows by reason. */
  readonly reasons: Record<string, number>
  /** Rows that were kept and of which something is odd or left out, by what it is. */
  readonly doubts: Record<string, number>
  vehicles: number
  /** Rows that have each measure that was asked for. */
  readonly measures: Record<string, number>
  /** The earliest and the latest time, ms since the epoch; Infinity and -Infinity before the first row. */
  from: number
  to: number
  west: number
  south: number
  east: number
  north: number
}

/** @param measures that are asked for */
export const emptyTally = (measures: readonly string[] = []): Tally => ({
  rows: 0,
  refused: 0,
  reasons: {},
  doubts: {},
  vehicles: 0,
  measures: Object.fromEntries(measures.map((name) => [name, 0])),
  from: Infinity,
  to: -Infinity,
  west: Infinity,
  south: Infinity,
  east: -Infinity,
  north: -Infinity,
})

export const countIn = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1
}

interface Counted extends Pick<RowColumns, 'eventTime' | 'longitude' | 'latitude'> {
  /** 1 for each row that is taken. */
  readonly isStored: Uint8Array
}

/** Counts the rows of a block that are taken. */
export const countRows = (tally: Tally, { isStored, eventTime, longitude, latitude }: Counted): void => {
  let { rows, from, to, west, south, east, north } = tally
  for (let row = 0; row < isStored.length; row++) {
    if (isStored[row] === 0) continue
    rows++
    const timeMs = eventTime[row]
    const x = longitude[row]
    const y = latitude[row]
    if (timeMs < from) from = timeMs
    if (timeMs > to) to = timeMs
    if (x < west) west = x
    if (x > east) east = x
    if (y < south) south = y
    if (y > north) north = y
  }
  Object.assign(tally, { rows, from, to, west, south, east, north })
}
