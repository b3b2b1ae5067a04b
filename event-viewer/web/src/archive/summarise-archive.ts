import type { Chunk, DateFiles, Snapshot, Totals } from '@fleetlake/archive'
import type { Period } from '@fleetlake/core'
import type { ArchiveSummary } from '../../api/archive-summary.ts'
import type { ArchiveQuery } from './archive-query.ts'
import { countOverTime } from './histogram.ts'
import { addCells, type FilesSummary, SMALL_BYTES, summariseFiles } from './summarise-files.ts'

const MOST_WINDOWS = 200

/** Of a table that does not exist yet. */
export const NO_ARCHIVE: ArchiveSummary = {
  version: null,
  rows: 0,
  bytes: 0,
  files: 0,
  smallFiles: 0,
  smallBytes: SMALL_BYTES,
  oldest: null,
  newest: null,
  histogram: { from: 0, binMs: 1, rows: [] },
  dates: [],
  measures: [],
  cells: [],
  windows: [],
}

/** @returns summarises snapshots of one table, reading again only the dates that have changed since the last one */
export const createSummariser = (): ((snapshot: Snapshot, query: ArchiveQuery) => ArchiveSummary) => {
  // A date that a commit does not touch is the same object in the next snapshot.
  const known = new WeakMap<DateFiles, FilesSummary>()
  return (snapshot, query) => {
    const { windowMs } = snapshot.settings
    const dates = Array.from(snapshot.dates.values(), (files) => {
      const summary = known.get(files) ?? summariseFiles(chunksOf(files), windowMs)
      known.set(files, summary)
      return { files, summary }
    }).toSorted((a, b) => (a.files.date < b.files.date ? 1 : -1))
    return { ...ofTable(snapshot, dates), ...ofPeriod(dates, query, windowMs) }
  }
}

interface KnownDate {
  readonly files: DateFiles
  readonly summary: FilesSummary
}

const ofTable = (
  { version, totals, measures }: Snapshot,
  dates: readonly KnownDate[],
): Omit<ArchiveSummary, keyof OfPeriod> => {
  const { files, bytes, rows } = totals
  return {
    version,
    rows,
    bytes,
    files,
    smallFiles: dates.reduce((sum, { summary }) => sum + summary.smallFiles, 0),
    smallBytes: SMALL_BYTES,
    oldest: files === 0 ? null : Math.min(...dates.map(({ summary }) => summary.from)),
    newest: files === 0 ? null : Math.max(...dates.map(({ summary }) => summary.to)),
    measures: measures.map(({ name, unit, description }) => ({
      name,
      ...(unit === undefined ? {} : { unit }),
      ...(description === undefined ? {} : { description }),
    })),
  }
}

type OfPeriod = Pick<ArchiveSummary, 'histogram' | 'dates' | 'cells' | 'windows'>

/** @param dates newest first */
const ofPeriod = (dates: readonly KnownDate[], { from, to, bins }: ArchiveQuery, windowMs: number): OfPeriod => {
  const period: Period = {
    from: from ?? Math.min(...dates.map(({ summary }) => summary.from)),
    to: to ?? Math.max(...dates.map(({ summary }) => summary.to)) + 1,
  }
  // Of no files, or asked for from after the newest on.
  if (!(period.from < period.to && Number.isFinite(period.to - period.from))) return NOTHING
  const parts = dates
    .filter(({ summary }) => summary.from < period.to && summary.to >= period.from)
    .map(({ files, summary }) => {
      const isWhole = summary.from >= period.from && summary.to < period.to
      return {
        date: files.date,
        summary: isWhole ? summary : summariseFiles(overlapping(chunksOf(files), period), windowMs),
        files,
      }
    })
    .filter(({ summary }) => summary.totals.files > 0)
  const cells = new Map<string, Totals>()
  for (const { summary } of parts) addCells(cells, summary.cells)
  return {
    histogram: countOverTime(
      parts.values().flatMap(({ files }) => chunksOf(files)),
      period,
      bins,
    ),
    dates: parts.map(({ date, summary }) => ({ date, ...summary.totals })),
    cells: Array.from(cells, ([cell, totals]) => ({ cell, ...totals })).toSorted(
      (a, b) => b.rows - a.rows || (a.cell < b.cell ? -1 : 1),
    ),
    windows: newestWindows(parts.map(({ summary }) => summary)),
  }
}

const NOTHING: OfPeriod = { histogram: NO_ARCHIVE.histogram, dates: [], cells: [], windows: [] }

/** A window lies within one date, so that the newest dates have the newest windows. @param parts newest first */
const newestWindows = (parts: readonly FilesSummary[]): ArchiveSummary['windows'] => {
  const newest: ArchiveSummary['windows'][number][] = []
  for (const { windows } of parts) {
    if (newest.length >= MOST_WINDOWS) break
    for (const window of [...windows.values()].toSorted((a, b) => b.from - a.from)) {
      newest.push({ ...window, cells: window.cells.size })
    }
  }
  return newest.slice(0, MOST_WINDOWS)
}

function* chunksOf({ cells }: DateFiles): Generator<Chunk> {
  for (const chunks of cells.values()) yield* chunks
}

function* overlapping(chunks: Iterable<Chunk>, period: Period): Generator<Chunk> {
  for (const chunk of chunks) if (chunk.from < period.to && chunk.to >= period.from) yield chunk
}
