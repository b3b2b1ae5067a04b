import { cp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cleanLog, createFileStore, openTable } from '@fleetlake/archive'
import type { PositionRow } from '@fleetlake/columnar'
import { cellBounds, cellOf, partitionOfCell, toMicroDegrees } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import { lookAtStream } from '@fleetlake/hub'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { runFleetProcess } from '../../event-viewer/terminal/src/testing/fleet.ts'
import { createWorld, rowOf, type World } from '../hot-rows/testing/world.ts'

const COMPLETE = { status: 'complete', reason: undefined }
const LONG_AGO = { from: '2021-01-01T00:00:00Z', to: '2021-02-01T00:00:00Z' }
const ELSEWHERE =
  'other messages were lost, elsewhere or at other times, which does not affect this answer; see `fleet table losses`'

/** A longitude at latitude −34.9 whose cell is in a partition of two. */
const longitudeIn = (partition: number): number => {
  for (let longitude = -56.2; ; longitude += 0.05) {
    if (partitionOfCell(cellOf(toMicroDegrees(longitude), -34_900_000, 5), 2) === partition) return longitude
  }
}
const cellAround = (longitude: number) => {
  const { west, south, east, north } = cellBounds(cellOf(toMicroDegrees(longitude), -34_900_000, 5), 5)
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ].map(([x, y], i) => [x + (i === 0 || i > 2 ? 1e-4 : -1e-4), y + (i < 2 || i > 3 ? 1e-4 : -1e-4)])
  return { type: 'Polygon', coordinates: [ring] }
}
const rowsIn = (partition: number, prefix: string, count: number): PositionRow[] =>
  Array.from({ length: count }, (_, i) => rowOf(`${prefix}-${i}`, { longitude: longitudeIn(partition) }))

const publishEach = async ({ publishRows }: World, partition: number, rows: readonly PositionRow[]): Promise<void> => {
  for (const row of rows) await publishRows(partition, [row])
}

/** Commits and cleans the log until it holds nothing but a checkpoint of what was just committed. */
const forgetLog = async (folder: string): Promise<void> => {
  const store = createFileStore(folder)
  const table = await openTable(store, { checkpointEvery: 1 })
  for (let i = 0; i < 2; i++) await table.commit({ parts: [], counts: ['fleetlake.test'], operation: 'TEST' })
  await table.close()
  const { signal } = new AbortController()
  expect(await cleanLog(store, { retentionMs: 0, nowMs: Date.now() + 1e9, signal })).toBeGreaterThan(0)
}

test('an older archive under a living hub whose streams are purged: refused by its version, and what is lost is never forgotten', async () => {
  const world = await createWorld()
  const { ask, flush, folder, hub, publishRows, startCollector, startFinder, warnings } = world
  const path = dirname(folder)
  const first = await startCollector()
  await publishEach(world, 0, rowsIn(0, 'kept', 5))
  await publishRows(1, rowsIn(1, 'other', 5))
  await flush()
  await first.stop()
  await cp(path, `${path}-copy`, { recursive: true })

  const second = await startCollector({}, { purges: true })
  await publishEach(world, 0, rowsIn(0, 'lost', 8))
  await flush()
  await eventually(async () => (await lookAtStream(hub, 0)).first === 13, { what: 'that the stream is purged' })
  await second.stop()
  await rm(path, { recursive: true })
  await cp(`${path}-copy`, path, { recursive: true })

  const finder = await startFinder()
  const stale = await ask()
  expect(stale.outcome).toMatchObject({
    status: 'partial',
    reason: expect.stringMatching(
      /^archive: it is an older copy of the archive that the hub has fed: it is at version \d+, and the hub has fed version \d+; restore a newer copy/,
    ),
  })
  await expect(startCollector()).rejects.toThrow(
    fault(
      'archive.older',
      /^the archive at .* is an older copy of the archive that this hub has fed: it is at version \d+, and this hub has fed version \d+/,
    ),
  )

  warnings.length = 0
  await startCollector({}, { adopt: true })
  expect(warnings[0]).toMatch(
    /^this archive is used because of FLEET_ARCHIVE_ADOPT; .* may be in it twice: the archive at .* is an older copy/,
  )
  await flush()
  // Seven: the last committed message stays in the stream, and is archived again.
  const lost = expect.stringMatching(
    /^MOVES_0: messages 6–12 of partition 0, stored between .*Z and .*Z, were lost before they were archived; see `fleet table losses`$/,
  )
  const partial = { status: 'partial', rows: 11, reason: lost }
  expect((await ask()).outcome).toMatchObject(partial)

  // Later commits, a log that has forgotten, another finder: it is as known as before.
  await publishRows(1, rowsIn(1, 'later', 1))
  await flush()
  await forgetLog(folder)
  await finder.stop()
  await startFinder()
  expect((await ask()).outcome).toMatchObject({ ...partial, rows: 12 })

  for (const query of [LONG_AGO, { area: cellAround(longitudeIn(1)) }]) {
    const { outcome } = await ask(query)
    expect(outcome).toMatchObject({ ...COMPLETE, stats: { notes: [ELSEWHERE] } })
  }
  expect((await ask({ area: cellAround(longitudeIn(0)) })).outcome).toMatchObject({ status: 'partial', reason: lost })

  const config = join(await temporaryFolder(), 'fleet.yaml')
  await writeFile(config, `archive:\n  path: ${path}\n`)
  const fleet = (...args: string[]) => runFleetProcess(['table', ...args, '--config', config])
  const listed = await fleet('losses', '--json')
  const loss = JSON.parse(listed.out) as { id: string }
  expect(loss).toMatchObject({ stream: 'MOVES_0', from: 6, to: 12, messages: 7, settled: null, partitions: 2 })
  expect((await fleet()).out).toMatch(/\nlosses +1 not settled; see fleet table losses\n/)
  expect(await fleet('losses', '--settle', 'ffffffff')).toMatchObject({ code: 2 })
  expect((await fleet('losses', '--settle', loss.id)).err).toMatch(/needs --note/)
  expect(await fleet('losses', '--settle', loss.id.slice(0, 6), '--note', 'imported again')).toMatchObject({
    code: 0,
    err: '0 losses not settled, 1 loss settled\n',
  })
  expect((await fleet('losses', '--all')).out).toMatch(/MOVES_0 {2}messages 6–12 .* settled .*: imported again\n$/)
  const settled = await ask()
  expect(settled.outcome).toMatchObject(COMPLETE)
  expect(settled.outcome.stats?.notes).toBeUndefined()
})

test('two hubs never feed one archive: a new one says so first, and the collectors of the old one stop', async () => {
  const old = await createWorld()
  const told = Promise.withResolvers<unknown>()
  await old.startCollector({}, { fail: told.resolve })
  await old.publishRows(0, rowsIn(0, 'old', 3))
  await old.flush()

  const fresh = await createWorld({ path: dirname(old.folder) })
  await expect(fresh.startCollector()).rejects.toThrow(
    fault('archive.other', /^this hub is new to the archive at .*, which another hub has fed/),
  )
  await fresh.startCollector({}, { adopt: true })
  await fresh.publishRows(1, rowsIn(1, 'new', 3))
  await fresh.flush()

  await old.publishRows(0, rowsIn(0, 'late', 1))
  old.flush().catch(() => undefined)
  expect(String(await told.promise)).toMatch(
    /another hub \([0-9a-f]{16}\) feeds the archive at .* now, and an archive can have only one hub/,
  )
  await expect(old.startCollector()).rejects.toThrow(fault('archive.other', 'another hub'))
  await fresh.startFinder()
  const { ids, outcome } = await fresh.ask()
  expect(ids.filter((id) => id.startsWith('late'))).toEqual([])
  // What the old hub held is not known to be whole.
  expect(outcome).toMatchObject({ ...COMPLETE, rows: 6 })
  expect(outcome.stats?.notes).toEqual([
    expect.stringMatching(
      /^messages of MOVES_0 after message 1, .* may be lost: the stream is gone, was created again or restored; see/,
    ),
  ])

  // The old one comes back: only when that is said, and then the other one has to stop.
  await old.startCollector({}, { adopt: true })
  await expect(fresh.startCollector()).rejects.toThrow(fault('archive.other', 'another hub'))
})

test('messages that go missing are told by the tail first, then by the table, and never by neither', async () => {
  const world = await createWorld({ partitions: 1 })
  const { ask, flush, hub, publishRows, startCollector, startFinder } = world
  await startFinder()
  const collector = await startCollector()
  await publishRows(0, rowsIn(0, 'kept', 2))
  await flush()
  await collector.stop()
  await publishEach(world, 0, rowsIn(0, 'lost', 3))
  await hub.streams.purge('MOVES_0', { through: 4 })
  const statuses: string[] = []
  const isAsking = { now: true }
  const asking = (async () => {
    while (isAsking.now) statuses.push((await ask()).outcome.status)
  })()
  await eventually(async () => statuses.length > 2, { what: 'some answers of the tail' })
  await startCollector()
  await flush()
  const after = statuses.length
  await eventually(async () => statuses.length > after + 2, { what: 'some answers after the commit' })
  isAsking.now = false
  await asking
  expect(new Set(statuses)).toEqual(new Set(['partial']))
})
