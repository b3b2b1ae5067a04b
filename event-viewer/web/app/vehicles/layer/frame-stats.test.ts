import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFrameStats } from './frame-stats.ts'

test('the last values are kept, oldest first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 30 }), fc.integer({ min: 1, max: 10 }), (values, capacity) => {
      const stats = createFrameStats(capacity)
      for (const value of values) stats.add(value)
      expect(stats.list()).toEqual(values.slice(-capacity))
      expect(stats.count).toBe(values.length)
    }),
  )
})
