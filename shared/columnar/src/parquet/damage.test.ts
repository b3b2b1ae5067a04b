import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { FORMS } from '../testing/forms.ts'
import { mutantsOf, ourFile, unpackAll } from '../testing/mutants.ts'

test('a file of ours with damaged bytes is named damaged, or gives what it gave before', () => {
  const good = ourFile()
  const expected = unpackAll(good)
  let [noticed, unharmed] = [0, 0]
  for (const bytes of mutantsOf(good, 4_000, 1)) {
    let found: unknown
    try {
      found = unpackAll(bytes)
    } catch {
      noticed++
      continue
    }
    if (isDeepStrictEqual(found, expected)) unharmed++
    else expect(found).toEqual(expected)
  }
  expect(noticed).toBeGreaterThan(3_000)
  expect(noticed + unharmed).toBe(4_000)
})

test('every byte of our pages and of our footer is under a checksum', () => {
  const good = ourFile()
  const expected = unpackAll(good)
  const silent: number[] = []
  for (let at = 0; at < good.length; at++) {
    const bytes = good.slice()
    bytes[at] ^= 1 << (at % 8)
    let found: unknown
    try {
      found = unpackAll(bytes)
    } catch {
      continue
    }
    if (!isDeepStrictEqual(found, expected)) expect([at, found]).toEqual([at, expected])
    silent.push(at)
  }
  // The mark at the beginning, which is not looked at.
  expect(silent).toEqual([0, 1, 2, 3])
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
