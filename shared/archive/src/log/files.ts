import { type Period, periodOfDate } from '@fleetlake/core'
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
  /** The date as a period. */
  readonly period: Period
  readonly totals: Totals
  /**
   * By geohash. Those of a checkpoint are read when they are first asked for.
   * @throws FleetError `table.invalid` when they can't be read
   */
  readonly cells: ReadonlyMap<string, readonly Chunk[]>
  /** Some names may not contain the date and cell of their file. */
  readonly hasForeignNames: boolean
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

const sum = (totals: Totals, chunks: Iterable<Chunk>, sign: 1 | -1): Totals => {
  let { files, bytes, rows } = totals
  for (const chunk of chunks) {
    files += sign
    bytes += sign * chunk.bytes
    rows += sign * (chunk.rows ?? 0)
  }
  return { files, bytes, rows }
}

export const totalsOf = (chunks: Iterable<Chunk>): Totals => sum(NOTHING, chunks, 1)

export const byCell = (chunks: Iterable<Chunk>): Map<string, Chunk[]> => Map.groupBy(chunks, ({ cell }) => cell)

/** Lists do not change, so that one that many files are looked up in is indexed once. */
const pathIndexes = new WeakMap<readonly Chunk[], ReadonlyMap<string, Chunk>>()
const INDEX_FROM = 16

const findIn = (chunks: readonly Chunk[], path: string): Chunk | undefined => {
  if (chunks.length < INDEX_FROM) return chunks.find((chunk) => chunk.path === path)
  let index = pathIndexes.get(chunks)
  if (index === undefined) {
    index = new Map(chunks.map((chunk) => [chunk.path, chunk]))
    pathIndexes.set(chunks, index)
  }
  return index.get(path)
}

/**
 * The files of some paths, of those that are there. Our names contain date and cell; for all others together the dates that have such are
 * looked through once.
 */
export const findFiles = (files: Files, paths: Iterable<string>): Map<string, Chunk> => {
  const found = new Map<string, Chunk>()
  const foreign = new Set<string>()
  for (const path of paths) {
    const name = parseChunkPath(path)
    if (name === undefined) foreign.add(path)
    else {
      const chunk = findIn(files.dates.get(name.date)?.cells.get(name.cell) ?? [], path)
      if (chunk !== undefined) found.set(path, chunk)
    }
  }
  if (foreign.size === 0) return found
  for (const date of files.dates.values()) {
    if (!date.hasForeignNames) continue
    for (const chunks of date.cells.values())
      for (const chunk of chunks) if (foreign.has(chunk.path)) found.set(chunk.path, chunk)
  }
  return found
}

/** Sorts changes by date and cell. */
const byPlace = (files: Files, changes: FileChanges): Map<string, Map<string, CellChange>> => {
  const dates = new Map<string, Map<string, CellChange>>()
  const changeOf = (date: string, cell: string): CellChange => {
    const cells = dates.get(date) ?? new Map<string, CellChange>()
    const change = cells.get(cell) ?? { gone: new Set<string>(), added: [] }
    dates.set(date, cells.set(cell, change))
    return change
  }
  const gone: string[] = []
  for (const [path, chunk] of changes) {
    if (chunk === undefined) gone.push(path)
    else {
      const change = changeOf(chunk.date, chunk.cell)
      change.added.push(chunk)
      change.gone.add(path)
    }
  }
  for (const [path, { date, cell }] of findFiles(files, gone)) changeOf(date, cell).gone.add(path)
  return dates
}

/** The files after a change; `files` stays as it is. */
export const changeFiles = (files: Files, changes: FileChanges): Files => {
  if (changes.size === 0) return files
  const dates = new Map(files.dates)
  let totals = files.totals
  for (const [date, cellChanges] of byPlace(files, changes)) {
    const before = dates.get(date)
    const cells = new Map(before?.cells)
    let dateTotals = before?.totals ?? NOTHING
    let hasForeignNames = before?.hasForeignNames ?? false
    for (const [cell, { gone, added }] of cellChanges) {
      const old = cells.get(cell) ?? []
      const left = old.filter((chunk) => gone.has(chunk.path))
      const kept = left.length === 0 ? old : old.filter((chunk) => !gone.has(chunk.path))
      dateTotals = sum(sum(dateTotals, left, -1), added, 1)
      totals = sum(sum(totals, left, -1), added, 1)
      hasForeignNames ||= added.some(({ path }) => parseChunkPath(path) === undefined)
      if (kept.length + added.length === 0) cells.delete(cell)
      else cells.set(cell, kept.concat(added))
    }
    const period = before?.period ?? periodOfDate(date)
    if (cells.size === 0) dates.delete(date)
    else dates.set(date, { date, period, totals: dateTotals, cells, hasForeignNames })
  }
  return { totals, dates }
}

export function* eachFile(files: Files): Generator<Chunk> {
  for (const { cells } of files.dates.values()) for (const chunks of cells.values()) yield* chunks
}
