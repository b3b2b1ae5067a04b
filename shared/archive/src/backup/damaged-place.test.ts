import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { createMemoryStore, type MemoryObjects } from '../store/memory-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { manifestPath } from './backup-paths.ts'
import { checkBackup } from './check-backup.ts'
import { type BackupWorld, openWorld } from './testing/backup-world.ts'
import { countReads } from './testing/count-reads.ts'
import { makeBackup } from './testing/make-backup.ts'

const { signal } = new AbortController()

const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte))

const damage = (objects: MemoryObjects, path: string): void => {
  const { bytes, modifiedMs } = objects.get(path)!
  objects.set(path, { bytes: flip(bytes), modifiedMs })
}

const pathsIn = (objects: MemoryObjects, part: string): string[] =>
  [...objects.keys()].filter((path) => path.includes(part))

interface Place {
  readonly world: BackupWorld
  readonly objects: MemoryObjects
  readonly target: ObjectStore
}

const openPlace = async ({ files = 4 }: { readonly files?: number } = {}): Promise<Place> => {
  const world = await openWorld()
  for (let i = 0; i < files; i++) await world.write()
  const objects: MemoryObjects = new Map()
  return { world, objects, target: createMemoryStore(objects) }
}

/** A backup that has copied all its files and was killed before it had noted anything. */
const openInterrupted = async (): Promise<Place> => {
  const place = await openPlace()
  const { manifest } = await makeBackup(place.world.archive, place.target)
  place.objects.delete(manifestPath(manifest.id))
  return place
}

test('a file that a check finds damaged is copied again once it is deleted, as the check advises', async () => {
  const { world, objects, target } = await openPlace()
  const { manifest } = await makeBackup(world.archive, target)
  const [path] = pathsIn(objects, 'files/')
  damage(objects, path)
  const { faults } = await checkBackup(target, manifest, { signal })
  expect(faults).toEqual([
    expect.stringMatching(/is damaged: it is not as it was written: delete it if it is there, then make a backup/),
  ])
  objects.delete(path)
  expect(await makeBackup(world.archive, target)).toMatchObject({ copiedFiles: 1 })
  expect(await checkBackup(target, manifest, { signal })).toMatchObject({ files: 4, faults: [] })
})

test('what an interrupted backup left is taken only if it is what the archive has', async () => {
  const { world, objects, target } = await openInterrupted()
  damage(objects, pathsIn(objects, 'files/')[0])
  const { manifest, copiedFiles } = await makeBackup(world.archive, target)
  expect(copiedFiles).toBe(1)
  expect(await checkBackup(target, manifest, { signal })).toMatchObject({ files: 4, faults: [] })
})

test('a file of the archive that is not what was backed up before is not backed up', async () => {
  const { world, objects, target } = await openPlace()
  await makeBackup(world.archive, target)
  const [path] = pathsIn(world.objects, 'moves/date=')
  objects.delete(pathsIn(objects, path.slice('moves/'.length))[0])
  damage(world.objects, path)
  await expect(makeBackup(world.archive, target)).rejects.toThrow(
    fault('backup.invalid', `memory:${path} is damaged: it is not what was backed up before`),
  )
})

test('a damaged manifest or list keeps no backup from being made, and an older one tells what is there', async () => {
  const parts = ['/manifest.json', '/lists/', '/moves/_delta_log/']
  for (const part of parts) {
    const { world, objects, target } = await openPlace()
    await makeBackup(world.archive, target)
    await world.write()
    const { manifest } = await makeBackup(world.archive, target)
    for (const path of pathsIn(objects, part).filter((each) => each.includes(manifest.id))) {
      objects.set(path, { bytes: new Uint8Array([1]), modifiedMs: 0 })
    }
    const { store, reads } = countReads(world.archive)
    const next = await makeBackup(store, target)
    expect({ part, copied: next.copiedFiles }).toEqual({ part, copied: 0 })
    // The fifth file only the damaged one knows.
    expect({ part, reads: reads.length }).toEqual({ part, reads: part === '/moves/_delta_log/' ? 0 : 1 })
    expect(await checkBackup(target, next.manifest, { signal })).toMatchObject({ files: 5, faults: [] })
  }
})

test('what a newer release keeps is left alone', async () => {
  const { world, objects, target } = await openPlace()
  const { manifest } = await makeBackup(world.archive, target)
  const newer = new TextEncoder().encode(JSON.stringify({ ...manifest, format: 2 }))
  objects.set(manifestPath(manifest.id), { bytes: newer, modifiedMs: 0 })
  await expect(makeBackup(world.archive, target)).rejects.toThrow(fault('format.newer', 'start the release'))
})
