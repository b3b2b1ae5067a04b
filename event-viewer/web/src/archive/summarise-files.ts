import type { Chunk, Totals } from '@fleetlake/archive'
import { windowStart } from '@fleetlake/core'

/** Files under this are small: opening one costs more than reading it. */
export const SMALL_BYTES = 1024 * 1024

type Sum = { -readonly [Key in keyof Totals]: Totals[Key] }

export interface WindowSummary extends Readonly<Sum> {
  readonly from: number
  /** Its end, or the end of the last window that one of its files reaches into. */
  readonly to: number
  readonly cells: ReadonlySet<string>
}

/** What some files of one date hold. */
export interface FilesSummary {
  readonly totals: Totals
  readonly smallFiles: number
  /** Of the event times, both inclusive; Infinity and -Infinity when there are no files. */
  readonly from: number
  readonly to: number
  readonly cells: ReadonlyMap<string, Totals>
  /** By start. */
  readonly windows: ReadonlyMap<number, WindowSummary>
}

const nothing = (): Sum => ({ files: 0, bytes: 0, rows: 0 })

export const addTo = (sum: Sum, { files, bytes, rows }: Totals): void => {
  sum.files += files
  sum.bytes += bytes
  sum.rows += rows
}

/** The entry of a key, made when it is missing. */
const entryOf = <Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value => {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}

/** Sums totals by cell. */
export const addCells = (sums: Map<string, Sum>, cells: ReadonlyMap<string, Totals>): void => {
  for (const [cell, totals] of cells) addTo(entryOf(sums, cell, nothing), totals)
}

export const summariseFiles = (chunks: Iterable<Chunk>, windowMs: number): FilesSummary => {
  const totals = nothing()
  const cells = new Map<string, Sum>()
  const windows = new Map<number, Sum & { from: number; to: number; cells: Set<string> }>()
  let [smallFiles, first, last] = [0, Infinity, -Infinity]
  for (const { rows = 0, bytes, cell, from, to } of chunks) {
    const file = { files: 1, bytes, rows }
    if (bytes < SMALL_BYTES) smallFiles++
    if (from < first) first = from
    if (to > last) last = to
    const start = windowStart(from, windowMs)
    const window = entryOf(windows, start, () => ({ from: start, to: start, ...nothing(), cells: new Set<string>() }))
    window.to = Math.max(window.to, windowStart(to, windowMs) + windowMs)
    window.cells.add(cell)
    addTo(totals, file)
    addTo(window, file)
    addTo(entryOf(cells, cell, nothing), file)
  }
  return { totals, smallFiles, from: first, to: last, cells, windows }
}
