import type { Chunk } from '../chunk.ts'
import { parseChunkPath } from '../paths.ts'

export interface Totals {
  readonly files: number
  readonly bytes: number
  /** Of the files whose rows are known. */
  readonly rows: number
}

/** The files of one UTC date. */
export interface DateFiles {
  readonly date: string
  readonly totals: Totals
  /** By geohash. */
  readonly cells: ReadonlyMap<string, readonly Chunk[]>
}

/**
 * The files of a table by date, then cell. Immutable; a change copies the lists that it touches and shares the rest, so that a
 * commit costs nothing for other dates.
 */
export interface Files {
  readonly totals: Totals
  readonly dates: ReadonlyMap<string, DateFiles>
}

const NOTHING: Totals = { files: 0, bytes: 0, rows: 0 }
export const NO_FILES: Files = { totals: NOTHING, dates: new Map() }

/** By path: the file that is there now, or undefined where it went. */
export type FileChanges = ReadonlyMap<string, Chunk | undefined>

/** What a change does to one cell of one date. */
interface CellChange {
  readonly gone: Set<string>
  readonly added: Chunk[]
}

const sum = (totals: Totals, chunks: readonly Chunk[], sign: 1 | -1): Totals => {
  let { files, bytes, rows } = totals
  for (const chunk of chunks) {
    files += sign
    bytes += sign * chunk.bytes
    rows += sign * (chunk.rows ?? 0)
  }
  return { files, bytes, rows }
}

/** The file of a path. Our names say where it lies; for others every list is searched. */
export const findFile = (files: Files, path: string): Chunk | undefined => {
  const name = parseChunkPath(path)
  const lists =
    name === undefined
      ? Array.from(files.dates.values()).flatMap(({ cells }) => Array.from(cells.values()))
      : [files.dates.get(name.date)?.cells.get(name.cell) ?? []]
  for (const chunks of lists) {
    const found = chunks.find((chunk) => chunk.path === path)
    if (found !== undefined) return found
  }
  return undefined
}

/** Sorts changes by date and cell. A path that goes is looked up only when its name doesn't say where it lies. */
const byCell = (files: Files, changes: FileChanges): Map<string, Map<string, CellChange>> => {
  const dates = new Map<string, Map<string, CellChange>>()
  const changeOf = (date: string, cell: string): CellChange => {
    const cells = dates.get(date) ?? new Map<string, CellChange>()
    const change = cells.get(cell) ?? { gone: new Set<string>(), added: [] }
    dates.set(date, cells.set(cell, change))
    return change
  }
  for (const [path, chunk] of changes) {
    if (chunk !== undefined) {
      const change = changeOf(chunk.date, chunk.cell)
      change.added.push(chunk)
      change.gone.add(path)
    } else {
      const place = parseChunkPath(path) ?? findFile(files, path)
      if (place !== undefined) changeOf(place.date, place.cell).gone.add(path)
    }
  }
  return dates
}

/** The files after a change; `files` stays as it is. */
export const changeFiles = (files: Files, changes: FileChanges): Files => {
  if (changes.size === 0) return files
  const dates = new Map(files.dates)
  let totals = files.totals
  for (const [date, cellChanges] of byCell(files, changes)) {
    const before = dates.get(date)
    const cells = new Map(before?.cells)
    let dateTotals = before?.totals ?? NOTHING
    for (const [cell, { gone, added }] of cellChanges) {
      const old = cells.get(cell) ?? []
      const left = old.filter((chunk) => gone.has(chunk.path))
      const kept = left.length === 0 ? old : old.filter((chunk) => !gone.has(chunk.path))
      dateTotals = sum(sum(dateTotals, left, -1), added, 1)
      totals = sum(sum(totals, left, -1), added, 1)
      if (kept.length + added.length === 0) cells.delete(cell)
      else cells.set(cell, kept.concat(added))
    }
    if (cells.size === 0) dates.delete(date)
    else dates.set(date, { date, totals: dateTotals, cells })
  }
  return { totals, dates }
}

export function* eachFile(files: Files): Generator<Chunk> {
  for (const { cells } of files.dates.values()) for (const chunks of cells.values()) yield* chunks
}
