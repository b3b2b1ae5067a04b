import { cp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import {
  backUp,
  type KeptHub,
  openStore,
  readManifest,
  restoreBackup,
  openLossStore,
  openLossTable,
  type Manifest,
} from '@fleetlake/archive'
import { startCompactor } from '@fleetlake/event-collector'
import { fault } from '@fleetlake/core/testing'
import { lookAtStream } from '@fleetlake/hub'
import { eventually, liveFiles, readTableObjects, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { countTail, lookAtHub } from '../../event-viewer/terminal/src/backup/look-at-hub.ts'
import { runDrill } from '../../event-viewer/terminal/src/backup/run-drill.ts'
import { createWorld, rowOf, type World } from '../hot-rows/testing/world.ts'

const { signal } = new AbortController()
const START_MS = Date.now() - 3 * 3_600_000

/** Rows of one message: of some cells, dates and vehicles; the ids begin with `prefix`. */
const someRows = (prefix: string, message: number) =>
  Array.from({ length: 5 }, (_, i) =>
    rowOf(`${prefix}-${message}-${i}`, {
      eventTime: START_MS - (message % 3) * 86_400_000 + message * 1_000 + i,
      longitude: -56.2 + (message % 4) * 0.1,
      speed: i,
    }),
  )

const idsOf = (prefix: string, messages: number): string[] =>
  Array.from({ length: messages }, (_, message) => someRows(prefix, message).map(({ vehicleId }) => vehicleId)).flat()

/** A message each, partitions in turn. */
const publish = async ({ publishRows }: World, prefix: string, messages: number, from = 0): Promise<void> => {
  for (let message = from; message < messages; message++) await publishRows(message % 2, someRows(prefix, message))
}

const archivedIds = async (path: string): Promise<string[]> =>
  (await readTableObjects(join(path, 'moves'))).map((row) => String(row['vehicle_id'])).toSorted()

/** Count and an order-independent hash of all columns by date and cell: what DuckDB makes of the files that the log names, by the protocol alone. */
const digest = async (path: string): Promise<unknown[]> => {
  const folder = join(path, 'moves')
  const { files } = await liveFiles(folder)
  const connection = await (await DuckDBInstance.create()).connect()
  const names = files.map((file) => `'${join(folder, decodeURIComponent(file.path))}'`)
  const found = await connection.runAndReadAll(
    `SELECT date, cell, count(*)::INT AS rows, sum(hash(vehicle_id, vehicle_type, event_time, longitude, latitude, speed, heading))::VARCHAR AS sum
     FROM read_parquet([${names.join()}], hive_partitioning = true, union_by_name = true) GROUP BY ALL ORDER BY ALL`,
  )
  return found.getRowObjects()
}

const backUpOf = async (
  world: World,
  place: string,
  hub: () => Promise<KeptHub | null> = () => lookAtHub(world.hub),
) => {
  const target = await openStore({ ...world.config.archive, path: place })
  const archive = await openStore(world.config.archive)
  const { manifest } = await backUp(archive, target, { software: 'test', lookAtHub: hub, signal })
  return manifest
}

const restoreTo = async (world: World, place: string, { id }: Manifest, path: string): Promise<void> => {
  const target = await openStore({ ...world.config.archive, path: place })
  const archive = await openStore({ ...world.config.archive, path })
  await restoreBackup(target, await readManifest(target, id), archive, { signal })
}

/** Losses that are not settled, in an archive. */
const lossesAt = async (world: World, path: string) =>
  (await openLossTable(await openLossStore({ ...world.config.archive, path })))?.losses ?? []

const pathOf = ({ folder }: World): string => dirname(folder)

test('a backup under load, restored elsewhere, has every position that was archived before it, each once, and none that was not', async () => {
  const world = await createWorld()
  const path = pathOf(world)
  const place = join(await temporaryFolder(), 'backups')
  await world.startCollector({ maxAgeMs: 50 })
  const compactor = await startCompactor(world.hub, {
    config: { ...world.config, compactor: { ...world.config.compactor, everyMs: 100, quietMs: 0 } },
    log: { info: () => {}, warn: () => {} },
    version: 'test',
  })
  onTestFinished(() => compactor.stop())
  await publish(world, 'before', 40)
  await world.flush()
  let isLoaded = true
  let sent = 0
  const load = (async () => {
    while (isLoaded) await publish(world, 'during', ++sent, sent - 1)
  })()
  const manifests: Manifest[] = []
  for (let i = 0; i < 4; i++) {
    const seen = sent
    await eventually(() => sent > seen + 10, { what: 'more load', seen: () => sent })
    manifests.push(await backUpOf(world, place))
  }
  isLoaded = false
  await load
  for (const manifest of manifests) {
    const elsewhere = join(await temporaryFolder(), 'archive')
    await restoreTo(world, place, manifest, elsewhere)
    const ids = await archivedIds(elsewhere)
    const before = new Set(idsOf('before', 40))
    const during = new Set(idsOf('during', sent))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => before.has(id))).toHaveLength(before.size)
    expect(ids.every((id) => before.has(id) || during.has(id))).toBe(true)
    expect(manifest.tables.moves?.rows).toBe(ids.length)
  }
  await world.flush()
  await compactor.stop()
  const last = await backUpOf(world, place)
  const elsewhere = join(await temporaryFolder(), 'archive')
  await restoreTo(world, place, last, elsewhere)
  expect(await digest(elsewhere)).toEqual(await digest(path))
  expect(await archivedIds(elsewhere)).toEqual([...idsOf('before', 40), ...idsOf('during', sent)].toSorted())
  const drill = await runDrill(world.config.archive, await openStore({ ...world.config.archive, path: place }), {
    software: 'test',
    lookAtHub: async () => null,
    signal,
    onStep: () => {},
  })
  expect(drill).toMatchObject({ rows: last.tables.moves?.rows, differences: [] })
})

test('the hub is gone and only the archive is left: another hub goes on with it, once that is said, and what may be lost is told', async () => {
  const old = await createWorld()
  const path = pathOf(old)
  const first = await old.startCollector()
  await publish(old, 'archived', 10)
  await old.flush()
  await first.stop()
  await publish(old, 'lost', 4)
  await old.server.stop()

  const world = await createWorld({ path })
  await expect(world.startCollector()).rejects.toThrow(fault('archive.other', 'this hub is new to the archive'))
  await world.startCollector({}, { adopt: true })
  await publish(world, 'new', 6)
  await world.flush()
  expect(await archivedIds(path)).toEqual([...idsOf('archived', 10), ...idsOf('new', 6)].toSorted())
  await world.startFinder()
  const { ids, outcome } = await world.ask()
  expect(ids).toEqual([...idsOf('archived', 10), ...idsOf('new', 6)].toSorted())
  // What the old hub held and had not archived is not known: a note says so.
  expect(outcome.stats?.notes).toEqual([
    expect.stringMatching(
      /^messages of MOVES_0 after message 5, stored between .* and .*, may be lost: .*; the same holds for 1 more; see `fleet table losses`$/,
    ),
  ])
})

test('the archive is gone and the hub is left: what its streams hold is archived again, what they had purged is recorded as lost and told', async () => {
  const world = await createWorld()
  const path = pathOf(world)
  const first = await world.startCollector({}, { purges: true })
  await publish(world, 'purged', 10)
  await world.flush()
  await eventually(
    async () => (await lookAtStream(world.hub, 0)).first === 5 && (await lookAtStream(world.hub, 1)).first === 5,
    {
      what: 'that the streams are purged but for their last message',
    },
  )
  await first.stop()
  await publish(world, 'held', 14, 10)
  await rename(path, `${path}-gone`)

  await expect(world.startCollector()).rejects.toThrow(fault('archive.other', 'there is no table'))
  await world.startCollector({}, { adopt: true })
  await world.flush()
  const held = [...idsOf('purged', 10).slice(40), ...idsOf('held', 14).slice(50)].toSorted()
  expect(await archivedIds(path)).toEqual(held)
  expect((await lossesAt(world, path)).map(({ stream, from, to }) => ({ stream, from, to }))).toEqual([
    { stream: 'MOVES_0', from: 1, to: 4 },
    { stream: 'MOVES_1', from: 1, to: 4 },
  ])
  await world.startFinder()
  const { ids, outcome } = await world.ask()
  expect(ids).toEqual(held)
  expect(outcome).toMatchObject({ status: 'partial', reason: expect.stringContaining('messages 1–4 of partition 0') })
})

test('the archive is restored from a backup and the hub is left: what came since is archived again or recorded as lost, and nothing is there twice', async () => {
  const world = await createWorld()
  const path = pathOf(world)
  const place = join(await temporaryFolder(), 'backups')
  const first = await world.startCollector()
  await publish(world, 'kept', 10)
  await world.flush()
  await publish(world, 'tail', 14, 10)
  const manifest = await backUpOf(world, place)
  await world.flush()
  await first.stop()
  await rm(path, { recursive: true })
  await restoreTo(world, place, manifest, path)
  // The hub remembers a version that it has purged up to; nothing was purged since: it goes on by itself.
  await world.startCollector()
  await world.flush()
  expect(await archivedIds(path)).toEqual([...idsOf('kept', 10), ...idsOf('tail', 14).slice(50)].toSorted())
  expect(await lossesAt(world, path)).toEqual([])
})

test('hub and archive are both restored from copies: every position of the copies is found, once', async () => {
  const old = await createWorld()
  const place = join(await temporaryFolder(), 'backups')
  const first = await old.startCollector()
  await publish(old, 'archived', 10)
  await old.flush()
  await first.stop()
  await publish(old, 'tail', 16, 10)
  const manifest = await backUpOf(old, place)
  expect(countTail(manifest)).toBe(6)
  await old.server.stop()
  const dataDir = join(await temporaryFolder(), 'hub')
  await cp(old.server.dataDir, dataDir, { recursive: true })
  await old.server.restart()
  const second = await old.startCollector()
  await publish(old, 'since', 4)
  await old.flush()
  await second.stop()
  await old.server.stop()

  const elsewhere = join(await temporaryFolder(), 'archive')
  await restoreTo(old, place, manifest, elsewhere)
  const world = await createWorld({ path: elsewhere, dataDir })
  await world.startCollector()
  await world.startFinder()
  await publish(world, 'new', 4)
  const all = [...idsOf('archived', 10), ...idsOf('tail', 16).slice(50), ...idsOf('new', 4)].toSorted()
  expect((await world.ask()).ids).toEqual(all)
  await world.flush()
  const { ids, outcome } = await world.ask()
  expect(ids).toEqual(all)
  expect(outcome).toMatchObject({ status: 'complete' })
  expect(await archivedIds(elsewhere)).toEqual(all)
})
