import type { AddFile, CommitPart, ObjectStore, OffsetMove, Table } from '@fleetlake/archive'
import { openTable } from '@fleetlake/archive'
import {
  cellBounds,
  cellName,
  cellOf,
  createRandomStreams,
  dateOf,
  FleetError,
  MICRO_PER_DEGREE,
  parseCell,
  type Period,
  seedOf,
} from '@fleetlake/core'
import { formatStats } from '../../../shared/archive/src/chunk-stats.ts'
import { chunkPath } from '../../../shared/archive/src/paths.ts'

export interface YearsOptions {
  /** Live files, about. */
  readonly files: number
  readonly years: number
  readonly seed: number
}

export interface YearsOfLog {
  /** Live files. */
  readonly files: number
  readonly version: number
  /** Commits after the last checkpoint. */
  readonly tail: number
  readonly cells: readonly string[]
  readonly period: Period
}

const DAY_MS = 86_400_000
const DAYS_PER_YEAR = 365.25
const WINDOW_MS = 600_000
const WINDOWS_PER_DAY = DAY_MS / WINDOW_MS
const VEHICLES = 15_000
const STREAMS = 8
const CREATED = '2019-11-22T00:00:00Z'
/** The end of the last date, whatever today is: the same options give the same log. */
const END_MS = Date.UTC(2026, 10, 22)
const CENTRE = '6cb1d'
/** Files of a commit of old dates. */
const FILES_PER_COMMIT = 2_000
/** Commits after a checkpoint of every 100 versions: a table is mostly opened with many to read. */
const TAIL = 90
const CHECKPOINT_EVERY = 100

/** The cells nearest to the middle of the city, that one first. */
const cellsAround = (count: number): string[] => {
  const { west, south, east, north } = cellBounds(parseCell(CENTRE), CENTRE.length)
  const reach = Math.ceil(Math.sqrt(count) / 2)
  const steps = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach)
  const middle = (low: number, high: number, step: number): number =>
    Math.round(((low + high) / 2 + step * (high - low)) * MICRO_PER_DEGREE)
  return steps
    .flatMap((x) => steps.map((y) => ({ x, y })))
    .toSorted((a, b) => Math.hypot(a.x, a.y) - Math.hypot(b.x, b.y))
    .slice(0, count)
    .map(({ x, y }) => cellOf(middle(west, east, x), middle(south, north, y), CENTRE.length))
    .map((cell) => cellName(cell, CENTRE.length))
}

interface FileSpan {
  readonly cell: string
  readonly from: number
  readonly lengthMs: number
  readonly rows: number
}

/** Bytes of a row in a compacted file. */
const BYTES_PER_ROW = 8

/**
 * Writes the log of a fleet of 15,000 vehicles, years of it: a file for each cell of each date, as compaction leaves them, then the files of
 * the last day's windows, commit by commit with the offsets of their streams, compacted and then removed where the day is over. The
 * commits and the checkpoints are the table's own; the data files are not there.
 * @param store of a table that does not exist yet
 */
export const makeYearsOfLog = async (store: ObjectStore, { files, years, seed }: YearsOptions): Promise<YearsOfLog> => {
  const days = Math.round(years * DAYS_PER_YEAR)
  const cellCount = Math.floor(files / (days + WINDOWS_PER_DAY))
  if (cellCount < 1)
    throw new FleetError('usage.invalid', `${years} years need at least ${days + WINDOWS_PER_DAY} files`)
  const cells = cellsAround(cellCount)
  const random = createRandomStreams(Uint32Array.of(seedOf(seed, 0)))
  const between = (low: number, high: number): number => Math.floor(low + random.next(0) * (high - low))
  const vehicle = (): string => `vehicle-${String(between(0, VEHICLES)).padStart(5, '0')}`
  const period = { from: END_MS - days * DAY_MS, to: END_MS }

  let nowMs = period.from
  const table = await openTable(store, {
    create: { geohashLength: CENTRE.length, windowMs: WINDOW_MS },
    now: () => nowMs,
    checkpointEvery: CHECKPOINT_EVERY,
  })
  let id = 0
  const addOf = ({ cell, from, lengthMs, rows }: FileSpan): AddFile => {
    const { west, south, east, north } = cellBounds(parseCell(cell), cell.length)
    const within = (low: number, high: number): { min: number; max: number; nulls: number } => {
      const [a, b] = [low * MICRO_PER_DEGREE, high * MICRO_PER_DEGREE].map(Math.ceil)
      const third = (b - a) / 3
      return { min: between(a, a + third), max: between(b - third, b), nulls: 0 }
    }
    const ids = [vehicle(), vehicle()].toSorted()
    const place = { date: dateOf(from), cell }
    return {
      path: chunkPath({
        ...place,
        windowStart: from,
        id: `${(++id).toString(16).padStart(8, '0')}${between(0, 2 ** 32)
          .toString(16)
          .padStart(8, '0')}`,
        extension: '.parquet',
      }),
      partitionValues: place,
      size: rows * BYTES_PER_ROW + between(0, 1_000),
      modificationTime: nowMs,
      stats: formatStats({
        rows,
        vehicle: { min: ids[0], max: ids[1], nulls: 0 },
        vehicleType: { min: 'bus', max: 'van', nulls: 0 },
        eventTime: { min: from + between(0, 5_000), max: from + lengthMs - between(1, 5_000), nulls: 0 },
        longitude: within(west, east),
        latitude: within(south, north),
        speed: { min: 0, max: Math.fround(between(100, 300) / 10), nulls: between(0, 50) },
        heading: { min: 0, max: Math.fround(between(3_500, 3_600) / 10), nulls: between(0, 50) },
        measures: [],
      }),
    }
  }
  const wholeDay = (day: number): AddFile[] =>
    cells.map((cell) => addOf({ cell, from: day, lengthMs: DAY_MS, rows: between(100_000, 8_000_000) }))
  const offsets = Array.from({ length: STREAMS }, () => 0)
  /** A part for each stream, its cells' files with it. */
  const partsOf = (window: number): CommitPart[] =>
    offsets.map((from, stream) => {
      const to = from + between(50, 500)
      offsets[stream] = to
      const offset: OffsetMove = { appId: `MOVES_${stream}@${CREATED}#0`, from, to, timestampMs: nowMs }
      const held = cells.filter((_, i) => i % STREAMS === stream)
      const add = held.map((cell) => addOf({ cell, from: window, lengthMs: WINDOW_MS, rows: between(500, 60_000) }))
      return { add, offset }
    })
  const compact = async (day: number): Promise<void> => {
    const small = table.snapshot.dates.get(dateOf(day))?.cells.values() ?? []
    const remove = [...small].flatMap((chunks) => chunks.map(({ path }) => path))
    await commit(table, { parts: [{ add: wholeDay(day) }], remove, dataChange: false, operation: 'OPTIMIZE' })
  }

  const lastDay = period.to - DAY_MS
  const daysPerCommit = Math.ceil(FILES_PER_COMMIT / cells.length)
  const oldEnd = lastDay - DAY_MS
  for (let day = period.from; day < oldEnd; day += daysPerCommit * DAY_MS) {
    nowMs = Math.min(day + daysPerCommit * DAY_MS, oldEnd)
    const batch = Array.from({ length: Math.round((nowMs - day) / DAY_MS) }, (_, i) => day + i * DAY_MS)
    await commit(table, { parts: [{ add: batch.flatMap(wholeDay) }], operation: 'WRITE' })
  }
  for (const day of [lastDay - DAY_MS, lastDay]) {
    for (let window = day; window < day + DAY_MS; window += WINDOW_MS) {
      nowMs = window + WINDOW_MS
      await commit(table, { parts: partsOf(window), operation: 'WRITE' })
    }
    if (day < lastDay) await compact(day)
  }
  while (table.snapshot.version % CHECKPOINT_EVERY !== TAIL) {
    await commit(table, { parts: partsOf(period.to - WINDOW_MS), operation: 'WRITE' })
  }
  await table.close()
  const { version, totals } = table.snapshot
  return { files: totals.files, version, tail: version % CHECKPOINT_EVERY, cells, period }
}

const commit = async (table: Table, request: Parameters<Table['commit']>[0]): Promise<void> => {
  const { status } = await table.commit(request)
  if (status !== 'committed') throw new FleetError('table.conflict', `the log was not written: ${status}`)
}
