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

/** Counts a row that is taken. */
export const countRow = (tally: Tally, timeMs: number, longitude: number, latitude: number): void => {
  tally.rows++
  if (timeMs < tally.from) tally.from = timeMs
  if (timeMs > tally.to) tally.to = timeMs
  if (longitude < tally.west) tally.west = longitude
  if (longitude > tally.east) tally.east = longitude
  if (latitude < tally.south) tally.south = latitude
  if (latitude > tally.north) tally.north = latitude
}
