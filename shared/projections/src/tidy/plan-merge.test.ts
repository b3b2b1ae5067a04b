import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Level } from '../table/file-entry.ts'
import { FANOUT, FILE_ROWS, type Merge, type MergeFile, planMerge } from './plan-merge.ts'

const DAY_MS = 86_400_000
const NOW_MS = 100 * DAY_MS
const MONTH = '2026-11'
const BYTES_PER_ROW = 31

let paths = 0
const fileOf = (level: Level, rows: number, { ageDays = 0, month = MONTH as string | undefined } = {}): MergeFile => ({
  path: `file-${++paths}`,
  month,
  level,
  rows,
  bytes: rows * BYTES_PER_ROW,
  modifiedMs: NOW_MS - ageDays * DAY_MS,
})

/** The files after a merge whose rows all have keys of their own; those of a fresh file are of two months. */
const merged = (files: readonly MergeFile[], { paths: some, level }: Merge): MergeFile[] => {
  const gone = files.filter(({ path }) => some.includes(path))
  const months = Map.groupBy(
    gone.flatMap(({ month, rows }) =>
      month === undefined ? [MONTH, '2026-12'].map((each) => ({ month: each, rows: rows / 2 })) : [{ month, rows }],
    ),
    ({ month }) => month,
  )
  const made = Array.from(months, ([month, parts]) => {
    const rows = parts.reduce((sum, part) => sum + part.rows, 0)
    const count = Math.ceil(rows / FILE_ROWS)
    return Array.from({ length: count }, () => fileOf(level, rows / count, { month }))
  }).flat()
  return [...files.filter(({ path }) => !some.includes(path)), ...made]
}

const baseOf = (files: number): MergeFile[] => Array.from({ length: files }, () => fileOf('base', FILE_ROWS))

const pathsOf = (files: readonly MergeFile[]): string[] => files.map(({ path }) => path)

test('full files of a level are merged into a base, however large it is, and nothing is left to be merged', () => {
  const files = [...baseOf(80), ...Array.from({ length: FANOUT + 1 }, () => fileOf(1, FILE_ROWS))]
  const planned = planMerge(files, NOW_MS)
  expect(planned).toEqual({ level: 'base', paths: pathsOf(files) })
  expect(planMerge(merged(files, planned!), NOW_MS)).toBeUndefined()
})

const arbitraryFile = fc
  .record({
    kind: fc.constantFrom<{ level: Level; month: string | undefined }>(
      { level: 0, month: undefined },
      { level: 1, month: MONTH },
      { level: 1, month: '2026-12' },
      { level: 2, month: MONTH },
      { level: 'base', month: MONTH },
    ),
    rows: fc.constantFrom(2, 1_000, FILE_ROWS, FILE_ROWS, 2 * FILE_ROWS),
    ageDays: fc.constantFrom(0, 2),
  })
  .map(({ kind, rows, ageDays }) => fileOf(kind.level, rows, { ageDays, month: kind.month }))

test('merging ends, whatever files there are, and leaves few that are no base', () => {
  fc.assert(
    fc.property(fc.array(arbitraryFile, { maxLength: 60, size: 'max' }), fc.constantFrom(0, 200), (given, base) => {
      let files: readonly MergeFile[] = [...baseOf(base), ...given]
      let merges = 0
      for (let planned; (planned = planMerge(files, NOW_MS)) !== undefined; merges++) {
        expect(merges).toBeLessThan(3 * given.length)
        files = merged(files, planned)
      }
      const levels = Map.groupBy(
        files.filter(({ level }) => level !== 'base'),
        ({ month, level }) => `${month} ${level}`,
      )
      for (const some of levels.values()) expect(some.length).toBeLessThan(FANOUT)
    }),
  )
})

test('late rows that are few beside the base of their month stay apart; more come into it after a day', () => {
  const base = fileOf('base', 64_000, { ageDays: 9 })
  const planned = (rows: number, ageDays: number) => {
    const late = fileOf(1, rows, { ageDays })
    const plan = planMerge([base, late], NOW_MS)
    return plan && [plan.level, plan.paths.length]
  }
  expect([planned(1, 2), planned(999, 2), planned(1_000, 2), planned(1_000, 0)]).toEqual([
    undefined,
    undefined,
    ['base', 2],
    undefined,
  ])
  expect(planMerge([fileOf(1, 1, { ageDays: 2 })], NOW_MS)).toMatchObject({ level: 'base' })
})
