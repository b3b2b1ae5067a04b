import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MeasureSpec } from '@fleetlake/columnar'
import type { MeasureChunk, RowGroup, Span } from '@fleetlake/columnar/parquet'
import { spanOf } from './choose-parts.ts'
import { joinSpans, lengthOf, type Part, planReads } from './plan-reads.ts'

/** Parts one behind the other, of one span or several, of which some are wanted. */
const someParts = fc
  .array(
    fc.record({
      spans: fc.array(fc.record({ gap: fc.integer({ min: 0, max: 30 }), bytes: fc.integer({ min: 1, max: 50 }) }), {
        minLength: 1,
        maxLength: 7,
      }),
      wanted: fc.boolean(),
    }),
  )
  .map((all) => {
    let at = 4
    return all.flatMap(({ spans, wanted }): Part[] => {
      const placed = spans.map(({ gap, bytes }) => {
        const start = at + gap
        at = start + bytes
        return { start, end: at }
      })
      return wanted ? [{ spans: placed }] : []
    })
  })

const isWithin = (inner: Span, { start, end }: Span): boolean => inner.start >= start && inner.end <= end

test('each part that is wanted is in one read, in its order, each of its spans within one request, and nothing else is read but small gaps', () =>
  fc.assert(
    fc.property(
      someParts,
      fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 4 }),
      (parts, mostBytes, mostGap, mostSpans) => {
        const reads = planReads(parts, { mostBytes, mostGap, mostSpans })
        expect(reads.flatMap((read) => read.parts)).toEqual(parts)
        for (const read of reads) {
          const wanted = read.parts.flatMap(({ spans }) => spans)
          expect(read.spans).toEqual(joinSpans(wanted, mostGap))
          expect(wanted.every((span) => read.spans.filter((each) => isWithin(span, each)).length === 1)).toBe(true)
          if (read.parts.length > 1) {
            expect(lengthOf(read.spans)).toBeLessThanOrEqual(mostBytes)
            expect(read.spans.length).toBeLessThanOrEqual(mostSpans)
          }
        }
        reads.slice(1).forEach((read, i) => {
          const together = joinSpans([...reads[i].spans, ...read.parts[0].spans], mostGap)
          expect(together.length > mostSpans || lengthOf(together) > mostBytes).toBe(true)
        })
      },
    ),
  ))

test('spans in the order of their starts become fewer that do not touch, each within one, with small gaps alone beside them', () =>
  fc.assert(
    fc.property(
      fc.array(fc.record({ start: fc.nat(300), bytes: fc.integer({ min: 1, max: 60 }) })),
      fc.integer({ min: 0, max: 40 }),
      (some, mostGap) => {
        const spans = some
          .map(({ start, bytes }) => ({ start, end: start + bytes }))
          .toSorted((a, b) => a.start - b.start)
        const joined = joinSpans(spans, mostGap)
        expect(spans.every((span) => joined.filter((each) => isWithin(span, each)).length === 1)).toBe(true)
        expect(joined.slice(1).every(({ start }, i) => start - joined[i].end > mostGap)).toBe(true)
        for (const { start, end } of joined) {
          let gap = 0
          for (let at = start; at < end; at++) {
            gap = spans.some((span) => at >= span.start && at < span.end) ? 0 : gap + 1
            expect(gap).toBeLessThanOrEqual(mostGap)
          }
          expect(gap).toBe(0)
        }
      },
    ),
  ))

const SPECS: readonly MeasureSpec[] = ['a', 'b', 'c'].map((name) => ({ name, type: 'double' }))

/** A row group of one column, behind it three measures. */
const groupAt = (offset: number, bytes: number, measureBytes: number): RowGroup => {
  const column = {
    offset,
    bytes,
    form: { physical: 'int32', width: 4, scale: 6, perMs: 0 },
    codec: 'zstd',
    isOptional: false,
    min: undefined,
    max: undefined,
    isOrdered: true,
    headersCrc: undefined,
    filter: undefined,
    columnIndex: undefined,
    offsetIndex: undefined,
  } as const
  const measures = SPECS.map((spec, i): [string, MeasureChunk] => [
    spec.name,
    { ...column, offset: offset + bytes + i * measureBytes, bytes: measureBytes, spec },
  ])
  return { rows: 1, columns: [column], measures: new Map(measures), indexSums: undefined }
}

test('measures that are not asked for are not read at the end, and between row groups only where a journey costs more', () => {
  const groups = [groupAt(4, 10, 100), groupAt(314, 10, 100)]
  const plan = (mostGap: number, measures: readonly MeasureSpec[] = []): string[] =>
    planReads(
      groups.map((group) => ({ spans: [spanOf(group, measures)] })),
      { mostBytes: 10_000, mostGap },
    ).map(({ spans, parts }) => `${spans.map(({ start, end }) => `${start}-${end}`).join()} ${parts.length}`)
  expect(plan(299)).toEqual(['4-14 1', '314-324 1'])
  expect(plan(300)).toEqual(['4-324 2'])
  expect(plan(0, [SPECS[1]])).toEqual(['4-214 1', '314-524 1'])
  expect(plan(100, [SPECS[1]])).toEqual(['4-524 2'])
  expect(plan(0, SPECS)).toEqual(['4-624 2'])
})
