import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createFileStore } from '@fleetlake/archive'
import { readArchiveClaim } from '@fleetlake/hub'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { openArchive } from './open-archive.ts'
import { archived, flush, ids, publishRows, rowsFrom, setUp } from './test-collector.ts'

const create = { geohashLength: 5, windowMs: 600_000 }

test('the first collector makes the archive and the hub remembers it; the same one is opened again', async () => {
  const { hub, folder } = await setUp()
  const table = await openArchive(hub, createFileStore(folder), { adopt: false, create })
  expect(await readArchiveClaim(hub)).toBe(table.snapshot.id)
  const again = await openArchive(hub, createFileStore(folder), { adopt: false, create })
  expect(again.snapshot.id).toBe(table.snapshot.id)
})

test('of two collectors that begin with two archives at once one is refused', async () => {
  const { hub, folder } = await setUp()
  const folders = [folder, join(await temporaryFolder(), 'moves')]
  const results = await Promise.allSettled(
    folders.map((each) => openArchive(hub, createFileStore(each), { adopt: false, create })),
  )
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('an archive whose disk is not mounted is no new archive: the collector refuses to start, and loses nothing', async () => {
  const { hub, folder, start } = await setUp()
  const { collector } = await start()
  await publishRows(hub, 0, rowsFrom(0, 10))
  await flush(hub, 0)
  await collector.stop()
  await rename(dirname(folder), `${dirname(folder)}-away`)
  await expect(start()).rejects.toThrow('archive.other: there is no table at')
  await rename(`${dirname(folder)}-away`, dirname(folder))
  await start()
  await publishRows(hub, 0, rowsFrom(10, 10))
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 20)))
})

test('another archive is taken only when that is said', async () => {
  const { hub, folder } = await setUp()
  await openArchive(hub, createFileStore(folder), { adopt: false, create })
  const other = createFileStore(join(await temporaryFolder(), 'moves'))
  await expect(openArchive(hub, other, { adopt: false, create })).rejects.toThrow('archive.other')
  const table = await openArchive(hub, other, { adopt: true, create })
  expect(await readArchiveClaim(hub)).toBe(table.snapshot.id)
  await expect(openArchive(hub, createFileStore(folder), { adopt: false, create })).rejects.toThrow('archive.other')
})
