import { expect, test } from 'vitest'
import type { HeardImport, ImportStatus } from '../hub/imports/heard-imports.ts'
import { percentOf, timeLeftMs } from './import-outlook.ts'

const UNMEASURED: ImportStatus = {
  job: 'a',
  name: 'a.csv',
  status: 'reading',
  startedAt: '2026-01-05T08:00:00Z',
  elapsedMs: 1000,
  files: 1,
  filesDone: 0,
  filesFailed: 0,
  bytesDone: 250,
  rows: 50,
  stored: 40,
  refused: 1,
}
const STATUS: ImportStatus = { ...UNMEASURED, bytes: 1000 }
const heardOf = (status: Partial<ImportStatus>, changes: Partial<HeardImport> = {}): HeardImport => ({
  status: { ...STATUS, ...status },
  isEnded: false,
  silentMs: null,
  rowsPerSecond: 10,
  bytesPerSecond: 50,
  ...changes,
})

test('how far an import is goes by bytes, where these are known, until all is read', () => {
  const of = (status: Partial<ImportStatus>): number | null => percentOf({ ...STATUS, ...status })
  expect([
    of({}),
    of({ bytesDone: 1001 }),
    of({ bytes: 0 }),
    percentOf(UNMEASURED),
    of({ status: 'archiving', bytesDone: 1000 }),
    of({ status: 'complete', bytes: 0 }),
    of({ status: 'failed' }),
  ]).toEqual([25, 100, null, null, null, 100, 25])
})

test('an import goes on as it went of late; nobody can tell of one that stands still, is silent, or waits for the archive', () => {
  expect([
    timeLeftMs(heardOf({})),
    timeLeftMs(heardOf({ bytesDone: 2000 })),
    timeLeftMs(heardOf({}, { bytesPerSecond: 0 })),
    timeLeftMs(heardOf({}, { bytesPerSecond: null })),
    timeLeftMs(heardOf({}, { silentMs: 12_000 })),
    timeLeftMs(heardOf({ status: 'archiving' })),
  ]).toEqual([15_000, 0, null, null, null, null])
})
