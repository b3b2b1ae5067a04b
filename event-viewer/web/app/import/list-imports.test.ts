import { expect, test } from 'vitest'
import type { PageImport } from '../../api/imports.ts'
import type { HeardImport, ImportStatus } from '../hub/imports/heard-imports.ts'
import { listImports } from './list-imports.ts'

const heardOf = (job: string, changes: Partial<ImportStatus> = {}, silentMs: number | null = null): HeardImport => {
  const status: ImportStatus = {
    job,
    name: `${job}.csv`,
    status: 'reading',
    startedAt: '2026-01-05T08:00:00Z',
    elapsedMs: 1000,
    files: 1,
    filesDone: 0,
    filesFailed: 0,
    bytesDone: 0,
    rows: 0,
    stored: 0,
    refused: 0,
    ...changes,
  }
  const isEnded = status.status !== 'reading' && status.status !== 'archiving'
  return { status, isEnded, silentMs, rowsPerSecond: null, bytesPerSecond: null }
}
const knownOf = (id: string, changes: Partial<PageImport> = {}): PageImport => ({
  id,
  files: [{ name: `${id}.csv`, bytes: 10 }],
  phase: 'open',
  said: [],
  refused: 0,
  refusedKept: 0,
  ...changes,
})
const lines = (...args: Parameters<typeof listImports>): string[] =>
  listImports(...args).map(({ key, name, state, known, heard }) =>
    [key, name, state, ...(known ? ['here'] : []), ...(heard ? ['heard'] : [])].join(' '),
  )

test('imports of everyone are listed, those that run first, then those that wait for somebody', () => {
  const outcome = { status: 'complete', text: '' } as const
  expect(
    lines(
      [
        knownOf('new', { files: [] }),
        knownOf('run', { phase: 'running', job: 'j1' }),
        knownOf('begun', { phase: 'running' }),
        knownOf('done', { phase: 'ended', job: 'j2', outcome }),
      ],
      [
        heardOf('other', { startedAt: '2026-01-05T07:00:00Z' }),
        heardOf('late', { startedAt: '2026-01-05T09:00:00Z', status: 'archiving' }, 12_000),
        heardOf('j1'),
        heardOf('gone', { status: 'stopped' }),
      ],
    ),
  ).toEqual([
    'run run.csv reading here heard',
    'begun begun.csv running here',
    'late late.csv silent heard',
    'other other.csv reading heard',
    'new no files yet open here',
    'done done.csv complete here',
    'gone gone.csv stopped heard',
  ])
})

test('files that are imported once more are the same job, of which the hub tells the newest', () => {
  const outcome = { status: 'stopped', text: '' } as const
  expect(
    lines(
      [knownOf('b', { phase: 'running', job: 'j' }), knownOf('a', { phase: 'ended', job: 'j', outcome })],
      [heardOf('j')],
    ),
  ).toEqual(['b b.csv reading here heard', 'a a.csv stopped here'])
})

test('the hub’s last word of an earlier run is none of one that has just begun', () => {
  expect(lines([knownOf('b', { phase: 'running', job: 'j' })], [heardOf('j', { status: 'complete' })])).toEqual([
    'b b.csv running here heard',
  ])
})
