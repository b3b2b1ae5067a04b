import { finish } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planTasks, type PlannedChunk } from './plan-tasks.ts'
import { type SearchRequest, searchSteps, type VehicleSearch } from './search.ts'

const chunk: fc.Arbitrary<PlannedChunk> = fc.record({
  path: fc.uuid(),
  bytes: fc.nat(300_000),
  rows: fc.option(fc.nat(200_000), { nil: undefined }),
  inside: fc.boolean(),
})

const searchOf = (request: SearchRequest): VehicleSearch => finish(searchSteps(request))

test('every chunk is in exactly one task, in order; a task is of bounded size unless one chunk is larger', () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 300 }), (chunks) => {
      const size = { rows: 100_000, bytes: 1_000_000, chunks: 16 }
      const tasks = planTasks(chunks, size)
      expect(tasks.flatMap((task) => task.chunks)).toEqual(chunks)
      expect(tasks.map(({ task }) => task)).toEqual(tasks.map((_, i) => i))
      for (const { chunks: group } of tasks) {
        expect(group.length).toBeGreaterThan(0)
        expect(group.length).toBeLessThanOrEqual(size.chunks)
        if (group.length === 1) continue
        expect(group.reduce((rows, own) => rows + (own.rows ?? own.bytes / 12), 0)).toBeLessThanOrEqual(size.rows)
        expect(group.reduce((bytes, own) => bytes + own.bytes, 0)).toBeLessThanOrEqual(size.bytes)
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
  expect(() => searchOf({ area, from: late, to: early })).toThrow(fault('query.invalid', 'the period is empty'))
  expect(() => searchOf({ area, from: early, to: early })).toThrow(fault('query.invalid'))
  expect(() => searchOf({ area: { type: 'Point' }, from: early, to: late })).toThrow(fault('area.invalid'))
})
