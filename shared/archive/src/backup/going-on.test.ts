import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { createMemoryStore, type MemoryObjects } from '../store/memory-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { backUp } from './back-up.ts'
import { NOTE_EVERY_MS } from './copy-notes.ts'
import { checkBackup } from './check-backup.ts'
import { digestRows } from './digest-rows.ts'
import { listBackups } from './manifest.ts'
import { pruneBackups } from './prune-backups.ts'
import { openWorld } from './testing/backup-world.ts'
import { countReads } from './testing/count-reads.ts'
import { makeBackup } from './testing/make-backup.ts'
import { storeBelow } from '../store/store-below.ts'

const { signal } = new AbortController()

const dataFilesIn = (objects: MemoryObjects): string[] => [...objects.keys()].filter((path) => path.includes('/date='))

/** Acts once a data file of `moves` is there. */
const afterEachFile = (store: ObjectStore, act: () => Promise<void> | void): ObjectStore => ({
  ...store,
  put: async (path, bytes) => {
    await store.put(path, bytes)
    if (path.startsWith('files/moves/')) await act()
  },
})

test('a backup that has to take a newer version reads no file a second time', async () => {
  const world = await openWorld()
  for (let i = 0; i < 6; i++) await world.write()
  const files = dataFilesIn(world.objects)
  const gone = files[3]
  const object = world.objects.get(gone)!
  world.objects.delete(gone)
  let looks = 0
  const lookAtHub = async (): Promise<null> => {
    if (looks++ === 1) world.objects.set(gone, object)
    return null
  }
  const [archive, target] = [countReads(world.archive), countReads(createMemoryStore())]
  const { manifest } = await backUp(archive.store, target.store, { software: '9.9.9', lookAtHub, signal })
  expect(looks).toBe(2)
  expect(archive.reads.toSorted()).toEqual([...files, gone].toSorted())
  expect(target.reads).toEqual([])
  expect(await checkBackup(target.store, manifest, { signal })).toMatchObject({ files: 6, faults: [] })
})

test('the backup after an interrupted one reads only what that had not copied', async () => {
  const world = await openWorld()
  for (let i = 0; i < 20; i++) await world.write()
  const objects: MemoryObjects = new Map()
  const place = createMemoryStore(objects)
  const stop = new AbortController()
  let copied = 0
  const stopped = afterEachFile(place, () => {
    if (++copied === 3) stop.abort()
  })
  await expect(makeBackup(world.archive, stopped, { signal: stop.signal })).rejects.toThrow(
    fault('backup.interrupted', 'the same command goes on where this one ended'),
  )
  const there = dataFilesIn(objects).length
  expect(there).toBeLessThan(20)
  const [archive, target] = [countReads(world.archive), countReads(place)]
  const { manifest, copiedFiles } = await makeBackup(archive.store, target.store)
  expect({ copiedFiles, archive: archive.reads.length, place: target.reads }).toEqual({
    copiedFiles: 20 - there,
    archive: 20 - there,
    place: [],
  })
  expect(await checkBackup(place, manifest, { signal })).toMatchObject({ files: 20, faults: [] })
  expect([...objects.keys()].filter((path) => path.includes(`${manifest.id}/notes/`))).toEqual([])
})

test('notes of an interrupted backup that can not be read tell nothing, and its files are compared with the archive', async () => {
  const world = await openWorld()
  for (let i = 0; i < 4; i++) await world.write()
  const objects: MemoryObjects = new Map()
  const place = createMemoryStore(objects)
  const ended = afterEachFile(place, () => {
    throw new Error('killed')
  })
  await expect(makeBackup(world.archive, ended)).rejects.toThrow('killed')
  const [unfinished] = (await listBackups(place)).unfinished
  objects.set(`backups/${unfinished.id}/notes/000000.ndjson.gz`, { bytes: new Uint8Array([1]), modifiedMs: 0 })
  const there = dataFilesIn(objects).length
  const target = countReads(place)
  const { manifest } = await makeBackup(world.archive, target.store)
  expect(target.reads).toHaveLength(there)
  expect(await checkBackup(place, manifest, { signal })).toMatchObject({ faults: [] })
})

test('a backup that takes days is not given up by those that delete old ones', async () => {
  const world = await openWorld()
  for (let i = 0; i < 30; i++) await world.write()
  const objects: MemoryObjects = new Map()
  const place = createMemoryStore(objects)
  const begunMs = Date.now()
  let nowMs = begunMs
  const stamped: ObjectStore = {
    ...place,
    put: async (path, bytes) => void objects.set(path, { bytes, modifiedMs: nowMs }),
  }
  const isWaiting: boolean[] = []
  const slow = afterEachFile(stamped, async () => {
    nowMs += 6 * NOTE_EVERY_MS
    isWaiting.push((await pruneBackups(place, { keep: 1, nowMs, signal })).isWaiting)
  })
  const { manifest } = await makeBackup(world.archive, slow, { now: () => nowMs })
  expect(nowMs - begunMs).toBeGreaterThan(86_400_000)
  expect(isWaiting).toEqual(Array.from({ length: 30 }, () => true))
  expect(await checkBackup(place, manifest, { signal })).toMatchObject({ files: 30, faults: [] })
})

test('what is interrupted says so, and is taken for nothing that has ended', async () => {
  const world = await openWorld()
  for (let i = 0; i < 3; i++) await world.write()
  const place = createMemoryStore()
  const { manifest } = await makeBackup(world.archive, place)
  await makeBackup(world.archive, place)
  const aborted = AbortSignal.abort()
  const store = storeBelow(world.archive, 'moves/')
  const all: Readonly<Record<string, () => Promise<unknown>>> = {
    check: () => checkBackup(place, manifest, { signal: aborted }),
    compare: () => digestRows(store, world.table.snapshot.files(), { signal: aborted }),
    prune: () => pruneBackups(place, { keep: 1, nowMs: Date.now(), signal: aborted }),
  }
  for (const act of Object.values(all)) await expect(act()).rejects.toThrow(fault('backup.interrupted', 'interrupted'))
  expect((await listBackups(place)).finished).toHaveLength(2)
})
