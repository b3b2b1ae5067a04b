import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planTasks, type PlannedChunk } from './plan-tasks.ts'
import { searchOf } from './search.ts'

const chunk: fc.Arbitrary<PlannedChunk> = fc.record({
  path: fc.uuid(),
  bytes: fc.nat(),
  rows: fc.option(fc.nat(200_000), { nil: undefined }),
  inside: fc.boolean(),
})

test('every chunk is in exactly one task, in order; tasks are of one kind and of bounded size', () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 300 }), (chunks) => {
      const size = { rows: 100_000, chunks: 16 }
      const tasks = planTasks(chunks, size)
      expect(tasks.flatMap((task) => task.chunks)).toEqual(chunks)
      expect(tasks.map(({ task }) => task)).toEqual(tasks.map((_, i) => i))
      for (const { chunks: group } of tasks) {
        expect(group.length).toBeGreaterThan(0)
        expect(group.length).toBeLessThanOrEqual(size.chunks)
        expect(new Set(group.map(({ inside }) => inside)).size).toBe(1)
        const allButLast = group.slice(0, -1).reduce((rows, { rows: own }) => rows + (own ?? 50_000), 0)
        expect(allButLast).toBeLessThan(size.rows)
      }
    }),
  )
})

const area = {
  type: 'Polygon',
  coordinates: [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  ],
}

test('a period that is empty or turned round is refused, and so is a bad area', () => {
  const [early, late] = ['2026-01-05T08:00:00Z', '2026-01-05T09:00:00Z']
  expect(searchOf({ area, from: early, to: late }).period).toEqual({ from: Date.parse(early), to: Date.parse(late) })
  expect(() => searchOf({ area, from: late, to: early })).toThrow('query.invalid: the period is empty')
  expect(() => searchOf({ area, from: early, to: early })).toThrow('query.invalid')
  expect(() => searchOf({ area: { type: 'Point' }, from: early, to: late })).toThrow('area.invalid')
})
