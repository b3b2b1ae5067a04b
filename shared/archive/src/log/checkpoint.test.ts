import { writeFile } from 'node:fs/promises'
import { fault } from '@fleetlake/core/testing'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { temporaryFolder } from '@fleetlake/testing'
import fc from 'fast-check'
import pl from 'nodejs-polars'
import { expect, test } from 'vitest'
import type { Chunk } from '../chunk.ts'
import { SCHEMA_STRING } from '../schema.ts'
import { type Action, formatCommit } from './actions.ts'
import { CHECKPOINT_COLUMNS } from './checkpoint-schema.ts'
import { eachFile } from './files.ts'
import { makeCheckpoint } from './make-checkpoint.ts'
import { type CheckpointFile, openCheckpoint, readGroup } from './open-checkpoint.ts'
import { readCheckpoint } from './read-checkpoint.ts'
import { applyVersions, type LogState, stateOfCheckpoint } from './state.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 10, 21)
const WEEK_MS = 7 * DAY_MS
const DATES = Array.from({ length: 12 }, (_, i) => `2026-11-${String(i + 1).padStart(2, '0')}`)
/** So small that a few files make row groups that are copied. */
const GROUP_SIZE = { files: 4, tombstones: 3 }

const FIRST: Action[] = [
  { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
  {
    metaData: {
      id: 'a',
      name: null,
      description: null,
      createdTime: null,
      format: { provider: 'parquet', options: {} },
      schemaString: SCHEMA_STRING,
      partitionColumns: ['date', 'cell'],
      configuration: { 'fleetlake.geohashLength': '5' },
    },
  },
]

const stats = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom('', 'no json', '{}', '{"numRecords":"7"}', 'null'),
  fc
    .record({
      numRecords: fc.nat(1_000),
      minValues: fc.constantFrom(undefined, null, { vehicle_id: 'é', longitude: -56.2 }, { event_time: 'when?' }),
    })
    .map((value) => JSON.stringify(value)),
)

/** A file of ours, or one whose name does not say where it lies; few enough that they go and come back. */
const place = fc
  .record({
    date: fc.constantFrom(...DATES),
    cell: fc.constantFrom('69y7p', '69y7r'),
    id: fc.constantFrom('a', 'b', 'c'),
    isOurs: fc.boolean(),
  })
  .map(({ date, cell, id, isOurs }) => ({
    date,
    cell,
    path: isOurs ? `date=${date}/cell=${cell}/20261121T100000Z-${id}.parquet` : `part%20${date}-${cell}-${id}.parquet`,
  }))

const change: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(place, fc.nat(1e12), stats).map(([{ date, cell, path }, size, text]): Action => ({
    add: { path, partitionValues: { cell, date }, size, modificationTime: 5, dataChange: true, ...(text === undefined ? {} : { stats: text }) },
  })) },
  { weight: 4, arbitrary: fc.tuple(place, fc.integer({ min: NOW_MS - 9 * DAY_MS, max: NOW_MS })).map(([{ path }, deletionTimestamp]): Action => ({
    remove: { path, deletionTimestamp, dataChange: true },
  })) },
  { weight: 2, arbitrary: fc.record({ appId: fc.constantFrom('P1', 'P2', 'é'), version: fc.nat(), lastUpdated: fc.option(fc.nat(), { nil: undefined }) }).map((txn): Action => ({ txn })) },
) // prettier-ignore

/** A path once a commit, as the protocol asks. */
const commits = fc.array(
  fc.uniqueArray(change, {
    maxLength: 12,
    selector: ({ add, remove, txn }) => add?.path ?? remove?.path ?? txn?.appId,
  }),
  { minLength: 1, maxLength: 10 },
)

const fileOf = (actions: readonly Action[]): CheckpointFile => ({ name: 'a commit', bytes: formatCommit(actions) })

const checkpointOf = async (
  previous: CheckpointFile | undefined,
  since: readonly (readonly Action[])[],
): Promise<CheckpointFile> => {
  const { bytes } = await makeCheckpoint({
    version: 0,
    previous: previous === undefined ? [] : [previous],
    commits: since.map(fileOf),
    nowMs: NOW_MS,
    groupSize: GROUP_SIZE,
  })
  return { name: 'a checkpoint', bytes }
}

const sorted = (chunks: Iterable<Chunk>): Chunk[] => [...chunks].toSorted((a, b) => (a.path < b.path ? -1 : 1))

/** All that a state says, with what it says of each date looked up first. */
const contentOf = (state: LogState): unknown => ({
  ...state,
  version: undefined,
  files: {
    totals: state.files.totals,
    dates: [...state.files.dates.values()]
      .toSorted((a, b) => (a.date < b.date ? -1 : 1))
      .map(({ date, period, totals, cells }) => ({ date, period, totals, files: sorted([...cells.values()].flat()) })),
    all: sorted(eachFile(state.files)),
  },
})

/** By path, when it was deleted; each path is named once. */
const tombstonesOf = async (checkpoint: CheckpointFile): Promise<Map<string, number>> => {
  const opened = openCheckpoint(checkpoint)
  const actions = await Promise.all(opened.groups.map((_, i) => readGroup(opened, i, CHECKPOINT_COLUMNS)))
  const tombstones = actions.flat().flatMap(({ remove }) => (remove ? [remove] : []))
  expect(new Set(tombstones.map(({ path }) => path)).size).toBe(tombstones.length)
  return new Map(tombstones.map(({ path, deletionTimestamp }) => [path, deletionTimestamp!]))
}

test('a checkpoint and the commits after it say what all commits say, however often a checkpoint was made from the one before', async () => {
  let copied = 0
  await fc.assert(
    fc.asyncProperty(commits, fc.infiniteStream(fc.integer({ min: 1, max: 3 })), async (versions, gaps) => {
      const log = [FIRST, ...versions]
      let checkpoint: CheckpointFile | undefined
      for (let from = 0, to = gaps.next().value; to <= log.length; to += gaps.next().value) {
        const before = checkpoint
        checkpoint = await checkpointOf(before, log.slice(from, to))
        from = to
        expect(openCheckpoint(checkpoint).index).toBeDefined()

        const all = applyVersions(
          undefined,
          log.slice(0, to).map((actions, version) => ({ version, actions })),
        )
        const opened = stateOfCheckpoint(to - 1, await readCheckpoint([checkpoint]))
        expect(opened.files.totals).toEqual(all.files.totals)
        const rest = log.slice(to).map((actions, i) => ({ version: to + i, actions }))
        // Before anything was looked up, and after.
        const [early, whole] = [applyVersions(opened, rest), applyVersions(all, rest)]
        expect(contentOf(early)).toEqual(contentOf(whole))
        expect(contentOf(opened)).toEqual(contentOf(all))
        expect(contentOf(applyVersions(opened, rest))).toEqual(contentOf(whole))

        const gone = new Map<string, number>()
        for (const { add, remove } of log.slice(0, to).flat()) {
          if (add) gone.delete(add.path)
          if (remove) gone.set(remove.path, remove.deletionTimestamp!)
        }
        const held = await tombstonesOf(checkpoint)
        for (const [path, time] of held) expect(gone.get(path)).toBe(time)
        for (const [path, time] of gone) expect(held.has(path) || time <= NOW_MS - WEEK_MS).toBe(true)
        if (before !== undefined) copied += Number(sharesGroups(before, checkpoint))
      }
    }),
    { numRuns: 100 },
  )
  expect(copied).toBeGreaterThan(20)
})

/** Whether a row group of files of one is in the other, byte by byte. */
const sharesGroups = (a: CheckpointFile, b: CheckpointFile): boolean => {
  const groupsOf = (file: CheckpointFile): string[] =>
    openCheckpoint(file)
      .groups.slice(1)
      .map(({ bytes }) => Buffer.from(bytes).toString('latin1'))
  const before = new Set(groupsOf(a))
  return groupsOf(b).some((bytes) => before.has(bytes))
}

const add = (date: string, id: string): Action => ({
  add: {
    path: `date=${date}/cell=69y7p/20261121T100000Z-${id}.parquet`,
    partitionValues: { date, cell: '69y7p' },
    size: 7,
    modificationTime: 5,
    dataChange: true,
    stats: '{"numRecords":3}',
  },
})

const threeGroups = (): Promise<CheckpointFile> =>
  checkpointOf(undefined, [FIRST, DATES.flatMap((date) => ['a', 'b'].map((id) => add(date, id)))])

test('of a checkpoint only the dates are read that are asked for', async () => {
  const checkpoint = await threeGroups()
  const { groups } = openCheckpoint(checkpoint)
  // Nothing of the second row group of files can be read any more.
  groups[2].bytes.fill(0xff)
  const { files } = await readCheckpoint([checkpoint])
  expect(files.totals).toEqual({ files: 24, bytes: 24 * 7, rows: 24 * 3 })
  const dates = [...files.dates.values()]
  const read = (date: string): number => files.dates.get(date)!.cells.get('69y7p')!.length
  expect(dates.map(({ date }) => date)).toEqual(DATES)
  expect([DATES[0], DATES[1], DATES[4], DATES[11]].map(read)).toEqual([2, 2, 2, 2])
  for (const date of [DATES[2], DATES[3]]) {
    for (let time = 0; time < 2; time++) {
      expect(() => read(date)).toThrow(fault('table.invalid', 'a checkpoint is not readable as a checkpoint'))
    }
  }
})

test('DuckDB and Polars read a checkpoint with row groups of the one before', async () => {
  const before = await threeGroups()
  const after = await checkpointOf(before, [[add(DATES[0], 'c')], [{ remove: { path: 'gone', dataChange: true } }]])
  expect(sharesGroups(before, after)).toBe(true)
  const folder = await temporaryFolder()
  const file = join(folder, 'a.checkpoint.parquet')
  await writeFile(file, after.bytes)
  const db = await (await DuckDBInstance.create()).connect()
  const counted = await db.runAndReadAll(
    `select count(*)::int, count(add)::int, count(distinct add.path)::int, sum(add.size)::int, min(add.partitionValues['date']),
      max(add.partitionValues['date']), count(metaData)::int from '${file}'`,
  )
  expect(counted.getRows()).toEqual([[27, 25, 25, 25 * 7, DATES[0], DATES[11], 1]])
  db.closeSync()
  expect(pl.readParquet(file).height).toBe(27)
})

test('files that are not those that the index tells of are told', async () => {
  const { bytes } = await threeGroups()
  const text = Buffer.from(bytes).toString('latin1')
  // The rows of a date.
  const forged = Buffer.from(text.replace('"2026-11-03",2,14,6', '"2026-11-03",2,14,5'), 'latin1')
  const { files } = await readCheckpoint([{ name: 'forged', bytes: new Uint8Array(forged) }])
  expect(() => files.dates.get('2026-11-03')!.cells).toThrow('does not hold the files of 2026-11-03')
  expect(files.dates.get('2026-11-04')!.cells.get('69y7p')).toHaveLength(2)
})

test.each([
  ['of another layout', '"layout":1', '"layout":2'],
  ['that is not JSON', '{"layout":1', '["layout":1'],
  ['of other dates', '"2026-11-03"', '"2026-11-02"'],
  ['of more files', '"2026-11-03",2', '"2026-11-03",3'],
])('a checkpoint with an index %s is read like one without', async (_, from, to) => {
  const { bytes } = await threeGroups()
  const text = Buffer.from(bytes).toString('latin1')
  expect(text).toContain(from)
  const forged = new Uint8Array(Buffer.from(text.replace(from, to), 'latin1'))
  expect(openCheckpoint({ name: 'forged', bytes: forged }).index).toBeUndefined()
  const { files } = await readCheckpoint([{ name: 'forged', bytes: forged }])
  expect(files.totals).toEqual({ files: 24, bytes: 24 * 7, rows: 24 * 3 })
})

test.each([
  ['cut off', (bytes: Uint8Array) => bytes.slice(0, -9)],
  ['empty', () => new Uint8Array()],
  ['something else', () => new TextEncoder().encode('{"version":5}')],
])('a checkpoint that is %s is told by its name', async (_, spoil) => {
  const { bytes } = await threeGroups()
  const spoilt = { name: '_delta_log/5.checkpoint.parquet', bytes: spoil(bytes) }
  await expect(readCheckpoint([spoilt])).rejects.toThrow(
    fault('table.invalid', '_delta_log/5.checkpoint.parquet is not readable as a checkpoint'),
  )
})
