import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { FORMS } from '../testing/forms.ts'
import { findByIndex } from '../testing/find-rows.ts'
import { mutantsOf, OUR_IDS, ourFile, ourFoundFile, unpackAll } from '../testing/mutants.ts'
import { filterSpanOf } from './keys.ts'
import { footerBytesOf, parseFooter } from './read-footer.ts'

/** What searches for vehicles find: for all of them, and for one that is not there. */
const searches = (bytes: Uint8Array): unknown[] => [OUR_IDS, ['bb']].map((ids) => findByIndex(bytes, ids).rows)

test.each([
  ['read whole', ourFile, unpackAll, 4_000],
  ['searched for vehicles', ourFoundFile, searches, 1_000],
] as const)(
  'a file of ours with damaged bytes, %s, is named damaged, or gives what it gave before',
  (_, write, read, mutants) => {
    const good = write()
    const expected = read(good)
    let [noticed, unharmed] = [0, 0]
    for (const bytes of mutantsOf(good, mutants, 1)) {
      let found: unknown
      try {
        found = read(bytes)
      } catch {
        noticed++
        continue
      }
      if (isDeepStrictEqual(found, expected)) unharmed++
      else expect(found).toEqual(expected)
    }
    expect(noticed).toBeGreaterThan(0.7 * mutants)
    expect(noticed + unharmed).toBe(mutants)
  },
)

/** The bytes that may be changed without being noticed: what is read then is what was read before. */
const silentBytes = (
  good: Uint8Array,
  read: (bytes: Uint8Array) => unknown,
  places: Iterable<number> = good.keys(),
): number[] => {
  const expected = read(good)
  return [...places].filter((at) => {
    const bytes = good.slice()
    bytes[at] ^= 1 << (at % 8)
    let found: unknown
    try {
      found = read(bytes)
    } catch {
      return false
    }
    if (!isDeepStrictEqual(found, expected)) expect([at, found]).toEqual([at, expected])
    return true
  })
}

const numbersIn = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i)

/** The mark at the beginning, which is not looked at. */
const MARK = [0, 1, 2, 3]

test('every byte of our pages and of our footer is under a checksum', () => {
  const good = ourFile()
  const indexAt = filterSpanOf(parseFooter(good).rowGroups[0])!.start
  expect(silentBytes(good, unpackAll)).toEqual([
    ...MARK,
    // Filters and page indexes, which only searches for vehicles look at.
    ...numbersIn(indexAt, good.length - footerBytesOf(good)),
  ])
})

test('every byte that a search for vehicles looks at is under a checksum', () => {
  const good = ourFoundFile()
  const indexAt = filterSpanOf(parseFooter(good).rowGroups[0])!.start
  const everyThirteenth = numbersIn(0, indexAt).filter((at) => at % 13 === 0)
  expect(silentBytes(good, searches, [...everyThirteenth, ...numbersIn(indexAt, good.length)])).toEqual([0])
})

const OTHERS = FORMS.filter(({ name }) => /snappy, V1|zstd, V2|lz4, V2|shared? their|fixed bytes|int96/.test(name))

test.each(OTHERS)('$name, damaged: noticed, or as many rows as it held', async ({ write }) => {
  const good = await write()
  let noticed = 0
  for (const bytes of mutantsOf(good, 150, 2)) {
    try {
      const found = unpackAll(bytes)
      expect(found.length).toBeGreaterThan(0)
      for (const columns of found) expect(new Set(columns.map((column) => (column as unknown[]).length)).size).toBe(1)
    } catch (error) {
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toHaveProperty('matcherResult')
      noticed++
    }
  }
  expect(noticed).toBeGreaterThan(10)
})
