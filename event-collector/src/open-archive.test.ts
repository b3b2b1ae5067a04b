import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { fault } from '@fleetlake/core/testing'
import { dirname, join } from 'node:path'
import { createFileStore, feederOf, LOSSES_APP, openTable } from '@fleetlake/archive'
import { ARCHIVE, TABLE_FORMAT } from '@fleetlake/contracts'
import { readArchiveClaim } from '@fleetlake/hub'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { type ArchiveStores, openArchive } from './open-archive.ts'
import { archived, flush, ids, publishRows, rowsFrom, setUp } from './testing/collector-process.ts'

const storesIn = (folder: string): ArchiveStores => ({
  moves: createFileStore(folder),
  losses: createFileStore(join(dirname(folder), 'losses')),
})

const create = { geohashLength: 5, windowMs: 600_000 }

test('the first collector makes the archive and the hub remembers it; the same one is opened again', async () => {
  const { hub, folder } = await setUp()
  const { table } = await openArchive(hub, storesIn(folder), { adopt: false, create })
  expect(await readArchiveClaim(hub)).toMatchObject({ table: table.snapshot.id, version: table.snapshot.version })
  const { table: again } = await openArchive(hub, storesIn(folder), { adopt: false, create })
  expect(again.snapshot.id).toBe(table.snapshot.id)
})

test('of two collectors that begin with two archives at once one is refused', async () => {
  const { hub, folder } = await setUp()
  const folders = [folder, join(await temporaryFolder(), 'moves')]
  const results = await Promise.allSettled(
    folders.map((each) => openArchive(hub, storesIn(each), { adopt: false, create })),
  )
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('collectors of a new hub that begin with its first archive at once all feed it', async () => {
  for (let round = 0; round < 8; round++) {
    const { hub, folder } = await setUp()
    const opened = await Promise.all(
      Array.from({ length: 4 }, () => openArchive(hub, storesIn(folder), { adopt: false, create })),
    )
    expect(new Set(opened.map((archive) => archive.table.snapshot.id)).size).toBe(1)
    expect(new Set(opened.map((archive) => archive.hub)).size).toBe(1)
  }
})

test('an archive whose disk is not mounted is not a new archive: the collector refuses to start, and loses nothing', async () => {
  const { hub, folder, start } = await setUp()
  const { collector } = await start()
  await publishRows(hub, 0, rowsFrom(0, 10))
  await flush(hub, 0)
  await collector.stop()
  await rename(dirname(folder), `${dirname(folder)}-away`)
  await expect(start()).rejects.toThrow(fault('archive.other', 'there is no table at'))
  await rename(`${dirname(folder)}-away`, dirname(folder))
  await start()
  await publishRows(hub, 0, rowsFrom(10, 10))
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 20)))
})

test('another archive is taken only when that is said', async () => {
  const { hub, folder } = await setUp()
  await openArchive(hub, storesIn(folder), { adopt: false, create })
  const other = storesIn(join(await temporaryFolder(), 'moves'))
  await expect(openArchive(hub, other, { adopt: false, create })).rejects.toThrow(fault('archive.other'))
  const { table } = await openArchive(hub, other, { adopt: true, create })
  expect(await readArchiveClaim(hub)).toMatchObject({ table: table.snapshot.id, version: table.snapshot.version })
  await expect(openArchive(hub, storesIn(folder), { adopt: false, create })).rejects.toThrow(fault('archive.other'))
})

test('a claim of an earlier release is taken over, and then says who the hub is and how far the table was', async () => {
  const { hub, folder } = await setUp()
  const made = await openTable(createFileStore(folder), { create })
  await made.commit({
    parts: [{ add: [], offset: { appId: 'MOVES_0@2026-01-01T00:00:00Z#0', from: 0, to: 7 } }],
    operation: 'WRITE',
  })
  await hub.streams.make({ name: 'ARCHIVE', subjects: ['archive.table'], maxPerSubject: 1 })
  await hub.streams.append('archive.table', new TextEncoder().encode(made.snapshot.id), { timeoutMs: 5_000 })
  const { table, hub: own } = await openArchive(hub, storesIn(folder), { adopt: false, create })
  expect(feederOf(table.snapshot.txns)).toEqual({ hub: own, claim: 1 })
  expect(await readArchiveClaim(hub)).toMatchObject({ table: made.snapshot.id, hub: own, version: 2 })
})

test('a hub without a claim takes an archive that was fed only when that is said', async () => {
  const [{ hub: old, folder }, { hub }] = [await setUp(), await setUp()]
  const fed = await openArchive(old, storesIn(folder), { adopt: false, create })
  await expect(openArchive(hub, storesIn(folder), { adopt: false, create })).rejects.toThrow(
    'this hub is new to the archive',
  )
  expect(await readArchiveClaim(hub)).toBeUndefined()
  const warnings: string[] = []
  const taken = await openArchive(hub, storesIn(folder), {
    adopt: true,
    create,
    warn: (_, what) => warnings.push(what),
  })
  expect(warnings).toHaveLength(1)
  expect(feederOf(taken.table.snapshot.txns)).toEqual({ hub: taken.hub, claim: 2 })
  // The old one's collectors find out by their commits, and it does not start again by itself.
  const late = { parts: [{ add: [], offset: { appId: 'S', from: 0, to: 1 } }], operation: 'WRITE', feeder: fed.hub }
  expect(await fed.table.commit(late)).toEqual({ status: 'other-hub', hub: taken.hub })
  await expect(openArchive(old, storesIn(folder), { adopt: false, create })).rejects.toThrow(
    fault('archive.other', 'another hub'),
  )
})

test('a copy that went on apart is known by what is under the version that the hub remembers', async () => {
  const { hub, folder } = await setUp()
  const archive = await openArchive(hub, storesIn(folder), { adopt: false, create })
  const copy = `${folder}-copy`
  await cp(folder, copy, { recursive: true })
  const move = (to: number) => ({ parts: [{ add: [], offset: { appId: 'S', from: to - 1, to } }], operation: 'WRITE' })
  await archive.table.commit(move(1))
  await archive.remember()
  const { version, fingerprint } = (await readArchiveClaim(hub))!
  expect([version, fingerprint]).toEqual([2, expect.stringMatching(/^[0-9a-f]{16}$/)])
  const apart = await openTable(createFileStore(copy))
  expect((await openArchive(hub, storesIn(folder), { adopt: false })).hub).toBe(archive.hub)
  await expect(openArchive(hub, storesIn(copy), { adopt: false })).rejects.toThrow(
    fault(
      'archive.older',
      /^the archive at .* is an older copy of the archive that this hub has fed: it is at version 1, and this hub has fed version 2/,
    ),
  )
  for (const to of [1, 2]) await apart.commit(move(to))
  await expect(openArchive(hub, storesIn(copy), { adopt: false })).rejects.toThrow(
    fault('archive.older', /^the archive at .* is a copy that went on without this hub: its version 2 is not the one/),
  )
  const taken = await openArchive(hub, storesIn(copy), { adopt: true })
  expect(await readArchiveClaim(hub)).toMatchObject({ hub: archive.hub, version: 3 })
  expect(taken.hub).toBe(archive.hub)
})

test('a table of losses that is gone is not made again unless that is said', async () => {
  const { hub, folder } = await setUp()
  const { table } = await openArchive(hub, storesIn(folder), { adopt: false, create })
  const losses = join(dirname(folder), 'losses')
  await rm(losses, { recursive: true })
  // Nothing has been lost yet.
  await openArchive(hub, storesIn(folder), { adopt: false })
  await table.commit({ parts: [], counts: [LOSSES_APP], operation: 'TEST' })
  await rm(losses, { recursive: true })
  await expect(openArchive(hub, storesIn(folder), { adopt: false })).rejects.toThrow(
    fault('archive.older', /^the archive's table of losses is gone from .*losses.*: restore the folder/),
  )
  const warnings: string[] = []
  await openArchive(hub, storesIn(folder), { adopt: true, warn: (_, what) => warnings.push(what) })
  expect(warnings).toEqual([expect.stringMatching(/^going on because of FLEET_ARCHIVE_ADOPT: /)])
})

test('a collector does not start on a hub or an archive that a newer release has written, and says what to do', async () => {
  const { hub, folder, start } = await setUp()
  const { collector } = await start()
  await publishRows(hub, 0, rowsFrom(0, 5))
  await flush(hub, 0)
  await collector.stop()
  const { id, version } = (await openTable(createFileStore(folder))).snapshot
  const claim = { table: id, hub: 'h', version, format: 2 }
  const { last } = await hub.streams.info(ARCHIVE)
  const bytes = new TextEncoder().encode(JSON.stringify(claim))
  await hub.streams.append('archive.table', bytes, { expectLast: last, timeoutMs: 5_000 })
  await expect(start()).rejects.toThrow(
    fault(
      'format.newer',
      'what this hub keeps has the format version 2, and this program knows version 1: start the release that wrote it',
    ),
  )

  const log = join(folder, '_delta_log')
  const first = await readFile(join(log, `${'0'.padStart(20, '0')}.json`), 'utf8')
  const { metaData } = JSON.parse(first.split('\n')[2]) as { metaData: { configuration: object } }
  const newer = { ...metaData, configuration: { ...metaData.configuration, [TABLE_FORMAT]: '2' } }
  const commit = `${JSON.stringify({ commitInfo: {} })}\n${JSON.stringify({ metaData: newer })}\n`
  await writeFile(join(log, `${String(version + 1).padStart(20, '0')}.json`), commit)
  const other = await setUp()
  await expect(openArchive(other.hub, storesIn(folder), { adopt: true, create })).rejects.toThrow(
    fault('format.newer', 'the table has the format version 2'),
  )
})
