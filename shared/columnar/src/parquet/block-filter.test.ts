import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashKey, makeFilter, mayHoldKey, readFilter, writeFilter } from './block-filter.ts'
import { Bytes } from './bytes.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

test('a filter holds each of its keys, written and read', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 200 }), (keys) => {
      const out = new Bytes()
      writeFilter(out, makeFilter(keys))
      const filter = readFilter(out.written())!
      expect(keys.every((key) => mayHoldKey(filter, hashKey(key)))).toBe(true)
    }),
  )
})

test('of keys that are not in it a filter takes one in fifty at most to be in it', () => {
  const filter = makeFilter(Array.from({ length: 1_000 }, (_, i) => bytesOf(`vehicle-${i}`)))
  const taken = Array.from({ length: 20_000 }, (_, i) => bytesOf(`other-${i}`)).filter((key) =>
    mayHoldKey(filter, hashKey(key)),
  )
  expect(filter.length).toBe(1_280)
  expect(taken.length).toBeLessThan(400)
})

test('keys are hashed as the format says', () => {
  // xxHash64 of no bytes is ef46db3751d8e999.
  expect(hashKey(new Uint8Array(0))).toEqual({ high: 0xef46db37, low: 0x51d8e999 })
})

test('a filter that is not of the kind that is known, or not whole, is none', () => {
  const out = new Bytes()
  writeFilter(out, makeFilter([bytesOf('a')]))
  const good = out.written()
  expect(readFilter(good)).toHaveLength(32)
  expect(readFilter(good.subarray(0, -1))).toBe(undefined)
  // Its size, which is to be a multiple of 32, and the one field of each union: algorithm, hash, compression.
  const others = [
    [1, 66],
    [3, 0x2c],
    [7, 0x2c],
    [11, 0x2c],
  ]
  for (const [at, byte] of others) {
    const bytes = good.slice()
    bytes[at] = byte
    expect(readFilter(bytes)).toBe(undefined)
  }
})
