import { mkdir, mkdtemp, readdir, rename, rm, rmdir, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { createFileStore } from './file-store.ts'
import { testStore } from '../testing/store-conformance.ts'
import { raceProcessesOn, settingsAt } from '../testing/store-race.ts'

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'fleetlake-store-'))

testStore('a folder as a store', async () => {
  const root = await folder()
  return {
    store: createFileStore(root),
    raceProcesses: raceProcessesOn(settingsAt(root)),
    close: () => rm(root, { recursive: true }),
  }
})

test('what writers left that died is not listed, and goes once it is old', async () => {
  const root = await folder()
  const store = createFileStore(root)
  await store.putIfAbsent('a/object', new Uint8Array(3))
  expect(await readdir(join(root, '.tmp'))).toEqual([])
  await writeFile(join(root, '.tmp', 'old'), 'half')
  await utimes(join(root, '.tmp', 'old'), 1_000, 1_000)
  await writeFile(join(root, '.tmp', 'young'), 'half')
  const listed: string[] = []
  for await (const { path } of store.list('')) listed.push(path)
  expect(listed).toEqual(['a/object'])
  expect(await store.removeStrayFiles(60_000)).toBe(1)
  expect(await readdir(join(root, '.tmp'))).toEqual(['young'])
  await rm(root, { recursive: true })
})

test('a fault of the filesystem is told with what to do', async () => {
  const root = await folder()
  await writeFile(join(root, 'file'), 'x')
  const store = createFileStore(root)
  await expect(store.putIfAbsent('file/below', new Uint8Array(1))).rejects.toMatchObject({ code: 'store.failed' })
  await mkdir(join(root, 'object'))
  await expect(store.get('object')).rejects.toMatchObject({ code: 'store.failed' })
  await rm(root, { recursive: true })
})

test('the url of an object is its file', () => {
  expect(createFileStore('/archive/moves').url('date=2026-11-21/x.parquet')).toBe(
    '/archive/moves/date=2026-11-21/x.parquet',
  )
})

test('a folder that is gone is not made again: nothing is written where its disk was', async () => {
  const root = join(await folder(), 'archive')
  const store = createFileStore(root)
  await store.putIfAbsent('a', Uint8Array.of(1))
  await rename(root, `${root}-away`)
  await expect(store.putIfAbsent('b', Uint8Array.of(2))).rejects.toThrow(
    'is gone, or is not the folder that was opened',
  )
  await mkdir(root)
  await expect(store.put('c/d', Uint8Array.of(3))).rejects.toThrow('is gone, or is not the folder that was opened')
  expect(await readdir(root)).toEqual([])
  await rmdir(root)
  await rename(`${root}-away`, root)
  expect(await store.putIfAbsent('b', Uint8Array.of(2))).toBe('created')
})

test('a folder in which something was found and that is gone is not made again by the first write', async () => {
  const root = join(await folder(), 'archive')
  await createFileStore(root).putIfAbsent('a', Uint8Array.of(1))
  const store = createFileStore(root)
  expect(await store.get('a')).toEqual(Uint8Array.of(1))
  await rename(root, `${root}-away`)
  await expect(store.putIfAbsent('b', Uint8Array.of(2))).rejects.toThrow(
    'is gone, or is not the folder that was opened',
  )
  expect(await readdir(dirname(root))).toEqual(['archive-away'])
  await mkdir(root)
  await expect(store.putIfAbsent('b', Uint8Array.of(2))).rejects.toThrow(
    'is gone, or is not the folder that was opened',
  )
  expect(await readdir(root)).toEqual([])
  await rmdir(root)
  await rename(`${root}-away`, root)
  // As after a copy that left out what has no meaning.
  await rmdir(join(root, '.tmp'))
  expect(await store.putIfAbsent('b', Uint8Array.of(2))).toBe('created')
})

test('a folder that goes while writers are at work is not made again', async () => {
  const root = join(await folder(), 'archive')
  const store = createFileStore(root)
  await store.putIfAbsent('a', Uint8Array.of(1))
  for (let round = 0; round < 60; round++) {
    const writes = Array.from({ length: 8 }, (_, i) => store.putIfAbsent(`${round}/${i}/x`, Uint8Array.of(i)))
    const settled = Promise.allSettled(writes)
    if (round % 8 > 0) await Promise.race(writes.slice(0, round % 8))
    await rename(root, `${root}-away`)
    await settled
    expect(await readdir(dirname(root))).toEqual(['archive-away'])
    await rename(`${root}-away`, root)
  }
})
