import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RowGroup } from '@fleetlake/columnar/parquet'
import { planReads, spanOf } from './plan-reads.ts'

const groupAt = (start: number, sizes: readonly number[]): RowGroup => {
  let offset = start
  const columns = sizes.map((bytes) => {
    const form = { physical: 'int32', width: 4, scale: 6, perMs: 0 } as const
    const column = {
      offset,
      bytes,
      form,
      codec: 'zstd',
      isOptional: false,
      min: undefined,
      max: undefined,
      headersCrc: undefined,
    } as const
    offset += bytes
    return column
  })
  return { rows: 1, columns, measures: new Map() }
}

/** Row groups one behind the other, of which some are wanted. */
const someGroups = fc
  .array(
    fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 7 }),
      wanted: fc.boolean(),
    }),
  )
  .map((all) => {
    let start = 4
    return all.flatMap(({ sizes, wanted }) => {
      const group = groupAt(start, sizes)
      start = spanOf(group).end
      return wanted ? [group] : []
    })
  })

test('each row group that is wanted is in one read, in its order, and nothing else is read', () =>
  fc.assert(
    fc.property(someGroups, fc.integer({ min: 1, max: 600 }), (groups, mostBytes) => {
      const reads = planReads(groups, mostBytes)
      expect(reads.flatMap((read) => read.groups)).toEqual(groups)
      for (const read of reads) {
        const spans = read.groups.map(spanOf)
        expect([read.start, read.end]).toEqual([spans[0].start, spans.at(-1)!.end])
        expect(spans.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(read.end - read.start)
        if (spans.length > 1) expect(read.end - read.start).toBeLessThanOrEqual(mostBytes)
      }
      reads.slice(1).forEach((read, i) => {
        const isApart = read.start > reads[i].end || spanOf(read.groups[0]).end - reads[i].start > mostBytes
        expect(isApart).toBe(true)
      })
    }),
  ))
