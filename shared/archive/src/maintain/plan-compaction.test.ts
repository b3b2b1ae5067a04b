import { dateOf } from '@fleetlake/core'
import { expect, test } from 'vitest'
import { toldMeasures } from '../told-measures.ts'
import type { Chunk } from '../chunk.ts'
import { changeFiles, NO_FILES } from '../log/files.ts'
import { chunkPath } from '../paths.ts'
import type { Snapshot } from '../snapshot.ts'
import { type CompactionRules, planCompaction } from './plan-compaction.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const MIB = 2 ** 20
const DAY = Date.UTC(2026, 0, 5)
const RULES: CompactionRules = { targetBytes: 128 * MIB, quietMs: 15 * MINUTE_MS, rewriteBytes: 1024 * MIB }

interface File {
  readonly cell?: string
  /** Minutes of the day. */
  readonly from: number
  readonly to?: number
  readonly bytes?: number
  readonly isCompacted?: boolean
}

let ids = 0
const chunkOf = ({ cell = '69y7p', from, to = from + 9, bytes = MIB, isCompacted = false }: File): Chunk => {
  const windowStart = DAY + from * MINUTE_MS
  const date = dateOf(windowStart)
  const extension = isCompacted ? '.compact.parquet' : '.parquet'
  return {
    path: chunkPath({ date, cell, windowStart, id: String(++ids).padStart(4, '0'), extension }),
    bytes,
    date,
    cell,
    rows: bytes / 4,
    from: windowStart,
    to: DAY + to * MINUTE_MS,
    bounds: { west: 0, south: 0, east: 1, north: 1 },
    vehicleIdMin: undefined,
    vehicleIdMax: undefined,
    vehicleTypeMin: undefined,
    vehicleTypeMax: undefined,
    measures: toldMeasures({}),
  }
}

const planOf = (chunks: readonly Chunk[], nowMs: number, rules: Partial<CompactionRules> = {}) => {
  const { dates } = changeFiles(NO_FILES, new Map(chunks.map((chunk) => [chunk.path, chunk])))
  const snapshot = { dates, settings: { geohashLength: 5, windowMs: 10 * MINUTE_MS } } as unknown as Snapshot
  return planCompaction(snapshot, { ...RULES, ...rules }, { nowMs })
}

const CLOSED = DAY + 24 * HOUR_MS + RULES.quietMs
const every = (minutes: number, count: number, file: Partial<File> = {}): Chunk[] =>
  Array.from({ length: count }, (_, i) => chunkOf({ from: i * minutes, ...file }))

test('a day of a cell becomes one file once the day is over and quiet', () => {
  const files = every(10, 6)
  expect(planOf(files, CLOSED - 1)).toEqual([])
  expect(planOf(files, CLOSED)).toEqual([{ date: '2026-01-05', cell: '69y7p', take: files, keep: [] }])
})

test('on an open day windows that may still fill are left alone, and files are merged eight at a time', () => {
  const files = every(10, 12)
  const now = DAY + 8 * 10 * MINUTE_MS + RULES.quietMs
  expect(planOf(files, now - 1)).toEqual([])
  expect(planOf(files, now)).toEqual([{ date: '2026-01-05', cell: '69y7p', take: files.slice(0, 8), keep: [] }])
})

test('a file alone is compacted once, since it may hold duplicates, and then never again', () => {
  const raw = chunkOf({ from: 0 })
  expect(planOf([raw], CLOSED)).toMatchObject([{ take: [raw], keep: [] }])
  expect(planOf([chunkOf({ from: 0, isCompacted: true })], CLOSED)).toEqual([])
})

test('what is large and compacted stays, and is looked at for duplicates where its time is', () => {
  const early = chunkOf({ from: 0, to: 599, bytes: 100 * MIB, isCompacted: true })
  const late = chunkOf({ from: 600, to: 1_439, bytes: 100 * MIB, isCompacted: true })
  const raw = chunkOf({ from: 700 })
  expect(planOf([early, late, raw], CLOSED)).toMatchObject([{ take: [raw], keep: [late] }])
})

test('a little that comes late does not rewrite a day again; a day made of parts becomes one', () => {
  const day = chunkOf({ from: 0, to: 1_439, bytes: 60 * MIB, isCompacted: true })
  const little = chunkOf({ from: 700, bytes: MIB })
  const more = chunkOf({ from: 720, bytes: 4 * MIB, isCompacted: true })
  expect(planOf([day, little], CLOSED)).toMatchObject([{ take: [little], keep: [day] }])
  expect(planOf([day, more], CLOSED)).toMatchObject([{ take: [day, more], keep: [] }])
  const crumb = chunkOf({ from: 30, bytes: 10, isCompacted: true })
  expect(planOf([day, more, crumb], CLOSED)).toMatchObject([{ take: [day, more], keep: [crumb] }])
})

test('one rewrite reads a bounded number of bytes, the earliest first', () => {
  const files = every(10, 10, { bytes: 10 * MIB })
  expect(planOf(files, CLOSED, { rewriteBytes: 35 * MIB })).toMatchObject([{ take: files.slice(0, 3) }])
  expect(planOf(files, CLOSED, { rewriteBytes: 1 })).toMatchObject([{ take: files.slice(0, 1) }])
})

test('the most gain comes first: many small files before few large ones, one alone last', () => {
  const many = every(10, 20, { cell: '69y7m', bytes: 1_000 })
  const few = every(10, 3, { cell: '69y7k', bytes: 20 * MIB })
  const alone = every(10, 1, { cell: '69y70', bytes: 500 })
  expect(planOf([...alone, ...few, ...many], CLOSED).map(({ cell }) => cell)).toEqual(['69y7m', '69y7k', '69y70'])
})

test('dates that are passed over are not looked into', () => {
  const files = {
    date: '2026-01-05',
    get cells(): never {
      throw new Error('it was looked into')
    },
  }
  const snapshot = { dates: new Map([[files.date, files]]), settings: { windowMs: 1 } } as unknown as Snapshot
  expect(planCompaction(snapshot, RULES, { nowMs: CLOSED, isPassedOver: () => true })).toEqual([])
})
