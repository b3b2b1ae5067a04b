import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MeasureSpec } from '@fleetlake/columnar'
import type { MeasureChunk, RowGroup } from '@fleetlake/columnar/parquet'
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
      const reads = planReads(groups, { mostBytes, mostGap: 0 })
      expect(reads.flatMap((read) => read.groups)).toEqual(groups)
      for (const read of reads) {
        const spans = read.groups.map((group) => spanOf(group))
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

const SPECS: readonly MeasureSpec[] = ['a', 'b', 'c'].map((name) => ({ name, type: 'double' }))

/** A row group whose measures come after its other columns. */
const withMeasures = (group: RowGroup, bytes: number): RowGroup => {
  let offset = spanOf(group).end
  const measures = new Map<string, MeasureChunk>()
  for (const spec of SPECS) {
    measures.set(spec.name, { ...group.columns[0]!, offset, bytes, spec })
    offset += bytes
  }
  return { ...group, measures }
}

test('measures that are not asked for are not read at the end, and between row groups only where a journey costs more', () => {
  const first = withMeasures(groupAt(4, [10]), 100)
  const second = withMeasures(groupAt(314, [10]), 100)
  const plan = (mostGap: number, measures: readonly MeasureSpec[] = []): string[] =>
    planReads([first, second], { mostBytes: 10_000, mostGap, measures }).map(
      ({ start, end, groups }) => `${start}-${end} ${groups.length}`,
    )
  expect(plan(299)).toEqual(['4-14 1', '314-324 1'])
  expect(plan(300)).toEqual(['4-324 2'])
  expect(plan(0, [SPECS[1]])).toEqual(['4-214 1', '314-524 1'])
  expect(plan(100, [SPECS[1]])).toEqual(['4-524 2'])
  expect(plan(0, SPECS)).toEqual(['4-624 2'])
})
