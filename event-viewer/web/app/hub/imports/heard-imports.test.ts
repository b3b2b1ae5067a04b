import { expect, test } from 'vitest'
import { forgetImports, type Heard, hearImport, type ImportStatus, importsAt, NOTHING_HEARD } from './heard-imports.ts'

const HOUR_MS = 3_600_000

const statusOf = (changes: Partial<ImportStatus> = {}): ImportStatus => ({
  job: 'a',
  name: 'a.csv',
  status: 'reading',
  startedAt: '2026-01-05T08:00:00Z',
  elapsedMs: 1000,
  files: 1,
  filesDone: 0,
  filesFailed: 0,
  bytes: 1000,
  bytesDone: 100,
  rows: 50,
  stored: 40,
  refused: 1,
  ...changes,
})

const hearAll = (words: readonly (readonly [atMs: number, status: ImportStatus])[]): Heard =>
  words.reduce((heard, [atMs, status]) => hearImport(heard, status, atMs), NOTHING_HEARD)

test('an import is known by its last word, whoever runs it', () => {
  const done = statusOf({ status: 'complete', rows: 100, elapsedMs: 2000 })
  const heard = hearAll([
    [0, statusOf()],
    [500, statusOf({ job: 'b' })],
    [1000, done],
  ])
  expect(importsAt(heard, 1000)).toEqual([
    { status: done, isEnded: true, silentMs: null, rowsPerSecond: 50, bytesPerSecond: null },
    { status: statusOf({ job: 'b' }), isEnded: false, silentMs: null, rowsPerSecond: null, bytesPerSecond: null },
  ])
})

test('rates are those of late, and rows that an earlier run has brought are none of them', () => {
  const words = Array.from({ length: 30 }, (_, i) => {
    const fast = Math.max(0, i - 15)
    const counts = { rows: 1_000_000 + i + fast * 99, bytesDone: 500 + 10 * i }
    return [i * 1000, statusOf({ elapsedMs: i * 1000, ...counts })] as const
  })
  const rateAfter = (count: number): unknown => {
    const [{ rowsPerSecond, bytesPerSecond }] = importsAt(hearAll(words.slice(0, count)), count * 1000)
    return [rowsPerSecond, bytesPerSecond]
  }
  expect([rateAfter(1), rateAfter(2), rateAfter(30)]).toEqual([
    [null, null],
    [1, 10],
    [100, 10],
  ])
})

test('the same files imported again are a run of their own', () => {
  const heard = hearAll([
    [0, statusOf({ elapsedMs: 5000, rows: 900 })],
    [60_000, statusOf({ startedAt: '2026-01-05T08:01:00Z', elapsedMs: 0, rows: 0 })],
  ])
  expect(importsAt(heard, 60_000)).toMatchObject([{ status: { rows: 0 }, rowsPerSecond: null }])
})

test('one that is not heard for more than 10 s has fallen silent, unless it had ended', () => {
  const heard = hearAll([
    [0, statusOf()],
    [0, statusOf({ job: 'b', status: 'failed', error: 'the hub is gone' })],
  ])
  expect(importsAt(heard, 10_000).map(({ silentMs }) => silentMs)).toEqual([null, null])
  expect(importsAt(heard, 12_000).map(({ silentMs }) => silentMs)).toEqual([12_000, null])
})

test('what was not heard for an hour is forgotten', () => {
  const heard = hearAll([
    [0, statusOf({ status: 'complete' })],
    [1, statusOf({ job: 'b' })],
  ])
  expect([...forgetImports(heard, HOUR_MS - 1).keys()]).toEqual(['a', 'b'])
  expect([...forgetImports(heard, HOUR_MS).keys()]).toEqual(['b'])
  expect([...forgetImports(heard, HOUR_MS + 1).keys()]).toEqual([])
})

test('at most 100 jobs are kept: those that have ended go before those that run, the longest unheard first', () => {
  const running = Array.from({ length: 99 }, (_, i) => [i, statusOf({ job: `r${i}` })] as const)
  const heard = hearAll([[0, statusOf({ job: 'old', status: 'stopped' })], ...running])
  expect(heard.size).toBe(100)
  const next = hearImport(heard, statusOf({ job: 'new' }), 100)
  expect([next.size, next.has('old'), next.has('r0')]).toEqual([100, false, true])
  const after = hearImport(next, statusOf({ job: 'newer' }), 101)
  expect([after.size, after.has('r0'), after.has('r1'), after.has('newer')]).toEqual([100, false, true, true])
})
