import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderOf } from './time-order.ts'

const sorted = (keys: readonly number[]): number[] => {
  const work = orderOf(Uint32Array.from(keys))
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return [...value]
  }
}

test('the order sorts any keys of 32 bits, and equal ones stay as they came', () => {
  const keys = fc.array(fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 3 })))
  fc.assert(
    fc.property(keys, (values) => {
      const expected = [...values.keys()].toSorted((a, b) => values[a] - values[b] || a - b)
      expect(sorted(values)).toEqual(expected)
    }),
  )
})
