import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareUtf8 } from '../utf8-order.ts'
import { checkStore } from '../store/check-store.ts'
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts'

export interface StoreUnderTest {
  readonly store: ObjectStore
  /**
   * Starts `count` other processes that each put `<path>-<i>`, i from 0 to `paths` − 1, all at once if absent, and adds up what they
   * were told. A store that is one process's own does so within it.
   */
  raceProcesses(
    path: string,
    options: { readonly count: number; readonly paths: number },
  ): Promise<{ readonly created: number; readonly exists: number }>
  close(): Promise<void>
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes)

const collect = async (objects: AsyncIterable<ObjectInfo>): Promise<ObjectInfo[]> => {
  const all: ObjectInfo[] = []
  for await (const object of objects) all.push(object)
  return all
}

/** What every store must do, whatever it is made of. */
export const testStore = (name: string, start: () => Promise<StoreUnderTest>): void => {
  describe(`${name}`, () => {
    let under: StoreUnderTest
    let store: ObjectStore
    beforeAll(async () => {
      under = await start()
      store = under.store
    })
    afterAll(() => under.close())

    const pathsOf = async (prefix: string, after?: string): Promise<string[]> =>
      (await collect(store.list(prefix, after === undefined ? {} : { after }))).map((object) => object.path)

    test('an object that was put is read whole, in part and by its size', async () => {
      expect(await store.putIfAbsent('basic/a b/object', bytesOf('0123456789'))).toBe('created')
      expect(textOf(await store.get('basic/a b/object'))).toBe('0123456789')
      expect(textOf(await store.get('basic/a b/object', { offset: 2, length: 3 }))).toBe('234')
      expect(textOf(await store.get('basic/a b/object', { offset: 8, length: 10 }))).toBe('89')
      expect(await store.size('basic/a b/object')).toBe(10)
    })

    test('an empty object is an object', async () => {
      expect(await store.putIfAbsent('empty/object', new Uint8Array())).toBe('created')
      expect(await store.get('empty/object')).toEqual(new Uint8Array())
      expect(await store.size('empty/object')).toBe(0)
    })

    test('what is not there is undefined, and deleting it is not a fault', async () => {
      expect(await store.get('nothing/here')).toBeUndefined()
      expect(await store.get('nothing/here', { offset: 0, length: 1 })).toBeUndefined()
      expect(await store.size('nothing/here')).toBeUndefined()
      await store.delete('nothing/here')
      expect(await pathsOf('nothing/')).toEqual([])
    })

    test('an object below an object is not there', async () => {
      await store.putIfAbsent('below/object', bytesOf('x'))
      expect(await store.get('below/object/more')).toBeUndefined()
      expect(await store.size('below/object/more')).toBeUndefined()
    })

    test('a second put-if-absent is told so and changes nothing', async () => {
      expect(await store.putIfAbsent('once/object', bytesOf('first'))).toBe('created')
      expect(await store.putIfAbsent('once/object', bytesOf('second'))).toBe('exists')
      expect(textOf(await store.get('once/object'))).toBe('first')
    })

    test('a deleted object is gone and its path is free again', async () => {
      await store.putIfAbsent('again/object', bytesOf('first'))
      await store.delete('again/object')
      expect(await store.get('again/object')).toBeUndefined()
      expect(await store.putIfAbsent('again/object', bytesOf('second'))).toBe('created')
    })

    test('put replaces', async () => {
      await store.put('replaced/object', bytesOf('first'))
      await store.put('replaced/object', bytesOf('next'))
      expect(textOf(await store.get('replaced/object'))).toBe('next')
      expect(await pathsOf('replaced/')).toEqual(['replaced/object'])
    })

    test('a list is in the order of paths, begins with the prefix and may start after one', async () => {
      const paths = ['list/a', 'list/a-b', 'list/a/x', 'list/a/y/z', 'list/a0', 'list/b', 'listed']
      const made = paths.filter((path) => path !== 'list/a')
      for (const path of made) await store.putIfAbsent(path, bytesOf(path))
      expect(await pathsOf('list')).toEqual(made.toSorted())
      expect(await pathsOf('list/')).toEqual(made.filter((path) => path !== 'listed').toSorted())
      expect(await pathsOf('list/a')).toEqual(['list/a-b', 'list/a/x', 'list/a/y/z', 'list/a0'])
      expect(await pathsOf('list/', 'list/a/x')).toEqual(['list/a/y/z', 'list/a0', 'list/b'])
      expect(await pathsOf('list/', 'list/a/x0')).toEqual(['list/a/y/z', 'list/a0', 'list/b'])
      expect(await pathsOf('list/', 'list/b')).toEqual([])
    })

    test('paths may hold what names hold, and are listed as they are', async () => {
      const names = [
        'a b',
        'a+b',
        'ü/ñ',
        '😀',
        '100%',
        '%41',
        'q?x=1&y',
        '#h',
        "it's",
        '"q"',
        '<x>&',
        'date=1/cell=ezs42',
        '~(x)',
      ]
      const paths = names.map((odd) => `odd/${odd}`)
      for (const path of paths) expect(await store.putIfAbsent(path, bytesOf(path))).toBe('created')
      for (const path of paths) expect(textOf(await store.get(path))).toBe(path)
      expect(await pathsOf('odd/')).toEqual(paths.toSorted(compareUtf8))
      for (const path of paths) await store.delete(path)
      expect(await pathsOf('odd/')).toEqual([])
    })

    test('a list is complete beyond a thousand objects', async () => {
      const paths = Array.from({ length: 1_100 }, (_, i) => `many/${String(i).padStart(4, '0')}`)
      for (let i = 0; i < paths.length; i += 100) {
        await Promise.all(paths.slice(i, i + 100).map((path) => store.putIfAbsent(path, bytesOf('x'))))
      }
      expect(await pathsOf('many/')).toEqual(paths)
      expect(await pathsOf('many/', paths[1_049])).toEqual(paths.slice(1_050))
    })

    test('a large object is read whole and in part, exactly', async () => {
      const bytes = new Uint8Array(20 * 1024 * 1024 + 7)
      for (let i = 0; i < bytes.length; i += 1_001) bytes[i] = i % 251
      expect(await store.putIfAbsent('large/object', bytes)).toBe('created')
      expect(await store.putIfAbsent('large/object', new Uint8Array(bytes.length))).toBe('exists')
      expect(Buffer.compare((await store.get('large/object'))!, bytes)).toBe(0)
      const range = { offset: 3, length: 18 * 1024 * 1024 }
      expect(Buffer.compare((await store.get('large/object', range))!, bytes.subarray(3, 3 + range.length))).toBe(0)
      const next = bytes.toReversed()
      await store.put('large/object', next)
      expect(Buffer.compare((await store.get('large/object'))!, next)).toBe(0)
      expect(await store.size('large/object')).toBe(bytes.length)
    })

    test('of many writers of one large object one creates it, whole', async () => {
      const writers = Array.from({ length: 4 }, (_, i) => new Uint8Array(17 * 1024 * 1024).fill(i + 1))
      const told = await Promise.all(writers.map((bytes) => store.putIfAbsent('race/large', bytes)))
      expect(told.filter((answer) => answer === 'created')).toHaveLength(1)
      expect(Buffer.compare((await store.get('race/large'))!, writers[told.indexOf('created')])).toBe(0)
    })

    test('a folder has an address as its files have', () => {
      expect(store.url('a/b').startsWith(store.url('a/'))).toBe(true)
    })

    test('a store that keeps its promises passes its check, which leaves nothing behind', async () => {
      await checkStore(store)
      expect(await pathsOf('_delta_log/')).toEqual([])
      expect(await pathsOf('.probe/')).toEqual([])
    })

    test('a list tells size and time', async () => {
      const before = Date.now()
      await store.putIfAbsent('info/object', bytesOf('12345'))
      const [info] = await collect(store.list('info/'))
      expect(info).toEqual({ path: 'info/object', size: 5, modifiedMs: expect.any(Number) })
      expect(Math.abs(info.modifiedMs - before)).toBeLessThan(60_000)
    })

    test('of many writers to one path one creates it, whole', async () => {
      const writers = Array.from({ length: 64 }, (_, i) => bytesOf(String(i).padStart(2, '0').repeat(5_000)))
      const told = await Promise.all(writers.map((bytes) => store.putIfAbsent('race/object', bytes)))
      expect(told.filter((answer) => answer === 'created')).toHaveLength(1)
      expect(await store.get('race/object')).toEqual(writers[told.indexOf('created')])
    })

    test('of several processes that write the same paths one creates each', async () => {
      const { created, exists } = await under.raceProcesses('processes/object', { count: 4, paths: 50 })
      expect({ created, exists }).toEqual({ created: 50, exists: 150 })
      expect(await pathsOf('processes/')).toHaveLength(50)
    })

    test('readers of a path that is being written see nothing or all of it', async () => {
      const bytes = bytesOf('whole'.repeat(100_000))
      const writing = Promise.all(Array.from({ length: 8 }, (_, i) => store.putIfAbsent(`whole/${i}`, bytes)))
      const progress = { isDone: false }
      const done = writing.then(() => (progress.isDone = true))
      const seen = new Set<number | undefined>()
      while (!progress.isDone) for (let i = 0; i < 8; i++) seen.add((await store.get(`whole/${i}`))?.length)
      await done
      seen.delete(undefined)
      expect([...seen].filter((length) => length !== bytes.length)).toEqual([])
      expect((await store.get('whole/7'))?.length).toBe(bytes.length)
    })

    test.each(['', '/x', 'a//b', '../x', 'a/../b', 'a/./b', 'a\\b', 'a/'])('the path "%s" is refused', async (path) => {
      await expect(async () => store.putIfAbsent(path, bytesOf('x'))).rejects.toMatchObject({ code: 'table.invalid' })
      await expect(async () => store.get(path)).rejects.toMatchObject({ code: 'table.invalid' })
    })
  })
}
