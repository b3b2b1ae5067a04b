import { fault } from '@fleetlake/core/testing'
import { seedOf } from '@fleetlake/core'
import { expect, test } from 'vitest'
import { createMemoryStore, type MemoryObjects } from '../store/memory-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { BackUpReport } from './back-up.ts'
import { backupFolder, manifestPath } from './backup-paths.ts'
import { checkBackup } from './check-backup.ts'
import { listBackups, readManifest } from './manifest.ts'
import { pruneBackups } from './prune-backups.ts'
import { restoreBackup } from './restore-backup.ts'
import { type BackupWorld, lossesIn, openWorld, rowsIn } from './testing/backup-world.ts'
import { makeBackup as make } from './testing/make-backup.ts'

const { signal } = new AbortController()
const LATER_MS = Date.now() + 36_000_000

const restored = async (target: ObjectStore, id: string): Promise<ObjectStore> => {
  const archive = createMemoryStore()
  await restoreBackup(target, await readManifest(target, id), archive, { signal })
  return archive
}

/** Acts before some of the reads. */
const whileReading = (store: ObjectStore, act: (reads: number) => Promise<void>): ObjectStore => {
  let reads = 0
  let isActing = false
  return {
    ...store,
    get: async (path, range) => {
      if (!isActing) {
        isActing = true
        await act(reads++).finally(() => (isActing = false))
      }
      return store.get(path, range)
    },
  }
}

/** Takes so many writes, then none: what a process has done that was killed. */
const endingAfter = (store: ObjectStore, writes: number): ObjectStore => {
  let left = writes
  const spend = (): void => {
    if (left-- <= 0) throw new Error('killed')
  }
  return {
    ...store,
    put: async (path, bytes) => {
      spend()
      await store.put(path, bytes)
    },
    putIfAbsent: async (path, bytes) => {
      spend()
      return store.putIfAbsent(path, bytes)
    },
  }
}

/** What is in a table by its version. */
const remember = async (world: BackupWorld, rows: Map<number, string[]>): Promise<void> => {
  const { version } = await world.table.refresh()
  rows.set(version, await rowsIn(world.archive))
}

test('whatever is committed, compacted and vacuumed meanwhile, a backup is the archive of one version, with every loss that the version passed', async () => {
  for (let seed = 1; seed <= 8; seed++) {
    let drawn = 0
    const random = (): number => seedOf(seed, drawn++) / 2 ** 32
    const world = await openWorld()
    const byVersion = new Map<number, string[]>()
    const lossesAt = new Map<number, number>()
    const step = async (): Promise<void> => {
      const kind = random()
      if (kind < 0.4) await world.write()
      else if (kind < 0.6) await world.lose()
      else if (kind < 0.8) await world.compact()
      else await world.vacuum(LATER_MS)
      await remember(world, byVersion)
      const { version } = world.table.snapshot
      if (!lossesAt.has(version)) lossesAt.set(version, await lossesIn(world.archive))
    }
    for (let i = 0; i < 8; i++) await step()
    await world.cleanLog(LATER_MS)
    const target = createMemoryStore()
    await make(world.archive, target)
    const busy = whileReading(world.archive, async () => (random() < 0.3 ? step() : undefined))
    const { manifest } = await make(busy, target)
    await world.compact()
    await world.vacuum(LATER_MS)
    const { version, rows } = manifest.tables.moves!
    const copy = await restored(target, manifest.id)
    const found = await rowsIn(copy)
    expect({ seed, version, found }).toEqual({ seed, version, found: byVersion.get(version) })
    expect(rows).toBe(found.length)
    expect(await lossesIn(copy)).toBeGreaterThanOrEqual(lossesAt.get(version) ?? 0)
  }
})

test('a second backup copies what is new, and each of the two is restored as it was', async () => {
  const world = await openWorld()
  for (let i = 0; i < 5; i++) await world.write()
  const target = createMemoryStore()
  const first = await make(world.archive, target)
  expect(first).toMatchObject({ copiedFiles: 5, manifest: { tables: { moves: { files: 5, rows: 100, version: 5 } } } })
  const before = await rowsIn(world.archive)
  expect(await make(world.archive, target)).toMatchObject({ copiedFiles: 0, copiedBytes: 0 })
  await world.write()
  await world.lose()
  expect(await make(world.archive, target)).toMatchObject({ copiedFiles: 2 })
  await world.compact()
  const last = await make(world.archive, target)
  expect(last).toMatchObject({ copiedFiles: 1, manifest: { tables: { moves: { files: 1, rows: 120 } } } })
  expect(await rowsIn(await restored(target, first.manifest.id))).toEqual(before)
  expect(await rowsIn(await restored(target, last.manifest.id))).toEqual(await rowsIn(world.archive))
})

test('wherever a backup is killed, it does not count, the next one goes on with what is there, and is whole', async () => {
  const world = await openWorld()
  for (let i = 0; i < 4; i++) await world.write()
  await world.lose()
  const counting = createMemoryStore()
  await make(world.archive, counting)
  const writes = (await Array.fromAsync(counting.list(''))).length
  for (let killed = 0; killed < writes; killed++) {
    const target = createMemoryStore()
    await expect(make(world.archive, endingAfter(target, killed))).rejects.toThrow('killed')
    const left = await listBackups(target)
    expect(left.finished).toEqual([])
    for (const { id } of left.unfinished) {
      await expect(readManifest(target, id)).rejects.toThrow(fault('backup.invalid', 'is unfinished'))
    }
    const there = (await Array.fromAsync(target.list('files/'))).length
    const { manifest, copiedFiles } = await make(world.archive, target)
    expect(copiedFiles).toBe(5 - there)
    expect(await checkBackup(target, manifest, { signal })).toMatchObject({ files: 5, faults: [] })
    expect(await rowsIn(await restored(target, manifest.id))).toEqual(await rowsIn(world.archive))
  }
})

test('wherever a restore is killed it is no archive, and the same restore goes on; another one, and a place with anything in it, is refused', async () => {
  const world = await openWorld()
  for (let i = 0; i < 4; i++) await world.write()
  await world.lose()
  const target = createMemoryStore()
  const { manifest } = await make(world.archive, target)
  const { manifest: other } = await make(world.archive, target)
  const whole = createMemoryStore()
  await restoreBackup(target, manifest, whole, { signal })
  const expected = await rowsIn(world.archive)
  for (let killed = 1; ; killed++) {
    const place = createMemoryStore()
    const killedAt = await restoreBackup(target, manifest, endingAfter(place, killed), { signal }).catch(
      (error: unknown) => error,
    )
    if (!(killedAt instanceof Error)) break
    await expect(restoreBackup(target, other, place, { signal })).rejects.toThrow(
      fault('backup.refused', `has an unfinished restore of the backup ${manifest.id}`),
    )
    await restoreBackup(target, manifest, place, { signal })
    expect(await rowsIn(place)).toEqual(expected)
    expect(await lossesIn(place)).toBe(1)
  }
  await expect(restoreBackup(target, manifest, whole, { signal })).rejects.toThrow(
    fault('backup.refused', /^memory: is not empty, .* is there: nothing is written over/),
  )
})

test('a service that makes a table where a restore is at work is told, and its table stays', async () => {
  const world = await openWorld()
  await world.write()
  const target = createMemoryStore()
  const { manifest } = await make(world.archive, target)
  const objects: MemoryObjects = new Map()
  const place = createMemoryStore(objects)
  const foreign = new TextEncoder().encode('{"another":"table"}\n')
  const first = 'moves/_delta_log/00000000000000000000.json'
  const busy = {
    ...place,
    delete: place.delete,
    put: async (path: string, bytes: Uint8Array) => {
      await place.put(path, bytes)
      if (path.startsWith('moves/date=')) await place.put(first, foreign)
    },
  }
  await expect(restoreBackup(target, manifest, busy, { signal })).rejects.toThrow(
    fault('backup.refused', 'a service has made a table there'),
  )
  expect(objects.get(first)?.bytes).toEqual(foreign)
})

test('every file that is missing, cut or changed is told by a check, and ends a restore', async () => {
  const world = await openWorld()
  for (let i = 0; i < 4; i++) await world.write()
  const pristine: MemoryObjects = new Map()
  const { manifest } = await make(world.archive, createMemoryStore(pristine))
  const damages: readonly ((bytes: Uint8Array) => Uint8Array | undefined)[] = [
    () => undefined,
    (bytes) => bytes.subarray(0, bytes.length - 1),
    (bytes) => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte)),
  ]
  for (const path of pristine.keys()) {
    if (path === manifestPath(manifest.id)) continue
    for (const damage of damages) {
      const objects: MemoryObjects = new Map(pristine)
      const bytes = damage(pristine.get(path)!.bytes)
      if (bytes === undefined) objects.delete(path)
      else objects.set(path, { bytes, modifiedMs: 0 })
      const target = createMemoryStore(objects)
      const { faults } = await checkBackup(target, manifest, { signal })
      expect(faults.length, path).toBeGreaterThan(0)
      expect(faults[0]).toContain(path)
      await expect(restoreBackup(target, manifest, createMemoryStore(), { signal })).rejects.toThrow(
        fault('backup.invalid', path),
      )
    }
  }
})

test('old backups go with the files that only they had; those that stay are whole; none goes while one is being made', async () => {
  const world = await openWorld()
  const objects: MemoryObjects = new Map()
  const target = createMemoryStore(objects)
  const made: BackUpReport[] = []
  for (let i = 0; i < 3; i++) {
    await world.write()
    await world.compact()
    made.push(await make(world.archive, target))
  }
  await expect(make(world.archive, endingAfter(target, 1))).rejects.toThrow('killed')
  const prune = (nowMs: number) => pruneBackups(target, { keep: 2, nowMs, signal })
  const [first, second, third] = made.map(({ manifest }) => manifest.id)
  expect(await prune(Date.now())).toMatchObject({ backups: [first], files: 0, isWaiting: true })
  const [unfinished] = (await listBackups(target)).unfinished
  expect(await prune(Date.now() + 2 * 86_400_000)).toMatchObject({
    backups: [unfinished.id],
    files: 1,
    isWaiting: false,
  })
  expect(await listBackups(target)).toEqual({ finished: [second, third], unfinished: [] })
  expect([...objects.keys()].filter((path) => path.startsWith(backupFolder(first)))).toEqual([])
  for (const id of [second, third]) {
    expect(await checkBackup(target, await readManifest(target, id), { signal })).toMatchObject({ faults: [] })
  }
  // A manifest that can't be read may name any file.
  objects.set(manifestPath(second), { bytes: new Uint8Array([1]), modifiedMs: 0 })
  await expect(prune(Date.now() + 2 * 86_400_000)).rejects.toThrow(fault('backup.invalid', 'it is not JSON'))
})

test('the manifest of a newer release is refused, with what to do', async () => {
  const world = await openWorld()
  const objects: MemoryObjects = new Map()
  const target = createMemoryStore(objects)
  const { manifest } = await make(world.archive, target)
  const newer = new TextEncoder().encode(JSON.stringify({ ...manifest, format: 2, tables: 'in another way' }))
  objects.set(manifestPath(manifest.id), { bytes: newer, modifiedMs: 0 })
  await expect(readManifest(target, manifest.id)).rejects.toThrow(
    fault(
      'format.newer',
      /has the format version 2, and this program knows version 1: start the release that wrote it/,
    ),
  )
})

test('where there is no archive, and where a file of it is missing or cut, a backup says so and does not count', async () => {
  await expect(make(createMemoryStore(), createMemoryStore())).rejects.toThrow(
    fault('table.missing', 'check archive.path'),
  )
  const world = await openWorld()
  for (let i = 0; i < 3; i++) await world.write()
  const path = [...world.objects.keys()].find((each) => each.startsWith('moves/date='))!
  const whole = world.objects.get(path)!
  world.objects.delete(path)
  const target = createMemoryStore()
  await expect(make(world.archive, target)).rejects.toThrow(
    fault('table.invalid', `names memory:${path}, which is missing`),
  )
  world.objects.set(path, { ...whole, bytes: whole.bytes.subarray(1) })
  await expect(make(world.archive, target)).rejects.toThrow(fault('backup.invalid', `memory:${path} is damaged`))
  expect((await listBackups(target)).finished).toEqual([])
})

test('an interrupted backup is told as that, and does not count', async () => {
  const world = await openWorld()
  for (let i = 0; i < 3; i++) await world.write()
  const target = createMemoryStore()
  await expect(make(world.archive, target, { signal: AbortSignal.abort() })).rejects.toThrow(
    fault('backup.interrupted', 'the same command goes on where this one ended'),
  )
  expect((await listBackups(target)).finished).toEqual([])
})

test('tables that are derived from the positions are in no backup: where they are missing they are made anew', async () => {
  const world = await openWorld()
  await world.write()
  for (const name of ['presence', 'latest']) {
    await world.archive.put(`${name}/_delta_log/${'0'.padStart(20, '0')}.json`, new TextEncoder().encode('{}'))
    await world.archive.put(`${name}/files/2026-11-30-0.parquet`, new Uint8Array(9))
  }
  const target = createMemoryStore()
  const { manifest } = await make(world.archive, target)
  expect(Object.keys(manifest.tables).toSorted()).toEqual(['losses', 'moves'])
  const derived = /(^|\/)(presence|latest)\//
  const inPlaces = async (store: ObjectStore): Promise<string[]> => Array.fromAsync(store.list(''), ({ path }) => path)
  const archive = await restored(target, manifest.id)
  expect([...(await inPlaces(target)), ...(await inPlaces(archive))].filter((path) => derived.test(path))).toEqual([])
  expect(await rowsIn(archive)).toEqual(await rowsIn(world.archive))
})
