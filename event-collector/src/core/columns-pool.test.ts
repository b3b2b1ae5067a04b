import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BYTES_PER_ROW, type BufferColumns } from './buffer-columns.ts'
import { createColumnsPool } from './columns-pool.ts'
import { createPartitionBuffer } from './partition-buffer.ts'

test('columns have the room that is asked for, belong to one at a time, and idle ones keep to their bytes', () => {
  const step = fc.record({ rows: fc.integer({ min: 0, max: 40_000 }), givesBack: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 4_000_000 }), (steps, maxBytes) => {
      const pool = createColumnsPool(maxBytes)
      const out: BufferColumns[] = []
      const idle = new Set<BufferColumns>()
      for (const { rows, givesBack } of steps) {
        const columns = pool.take(rows)
        expect(columns.eventTime.length).toBeGreaterThanOrEqual(rows)
        expect(out).not.toContain(columns)
        idle.delete(columns)
        if (givesBack) {
          pool.giveBack(columns)
          idle.add(columns)
        } else out.push(columns)
      }
      // What is idle is found by asking until something new comes.
      let bytes = 0
      for (const known of idle.values().toArray()) {
        const columns = pool.take(known.eventTime.length)
        if (idle.delete(columns)) bytes += columns.eventTime.length * BYTES_PER_ROW
      }
      expect(bytes).toBeLessThanOrEqual(maxBytes)
    }),
    { numRuns: 200 },
  )
})

test('columns that are given back are used again, by a buffer that needs about as much', () => {
  const pool = createColumnsPool(1e9)
  const [small, large] = [pool.take(2_000), pool.take(100_000)]
  pool.giveBack(large)
  pool.giveBack(small)
  expect(pool.take(1_500)).toBe(small)
  expect(pool.take(1_500)).not.toBe(large)
  expect(pool.take(90_000)).toBe(large)
})

test('a buffer that was released has no columns left to read or to write', () => {
  const buffer = createPartitionBuffer({ pool: createColumnsPool(1e9) })
  buffer.extend(3, 1, 2)
  buffer.release()
  expect(buffer.columns.eventTime.length).toBe(0)
})
