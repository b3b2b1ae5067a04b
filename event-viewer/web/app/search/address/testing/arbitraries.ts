import fc from 'fast-check'
import type { Ring, SearchRequest, Shape, When, Where } from '../../request/search-request.ts'

const micro = (limit: number): fc.Arbitrary<number> =>
  fc.integer({ min: -limit * 1e6, max: limit * 1e6 }).map((n) => n / 1e6)

const ring: fc.Arbitrary<Ring> = fc
  .array(fc.tuple(micro(90), micro(90)), { minLength: 3, maxLength: 8 })
  .map((corners) => [...corners, corners[0]])

/** Closed rings on the globe, whatever else they are. */
export const shapes: fc.Arbitrary<Shape[]> = fc.array(fc.array(ring, { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 3,
})

/** Triangles, so that no corner repeats another. */
const triangle: fc.Arbitrary<Shape> = fc
  .tuple(micro(80), micro(80), fc.integer({ min: 1, max: 1e6 }))
  .map(([x, y, size]) => {
    const [east, north] = [(Math.round(x * 1e6) + size) / 1e6, (Math.round(y * 1e6) + size) / 1e6]
    return [
      [
        [x, y],
        [east, y],
        [x, north],
        [x, y],
      ],
    ]
  })

const where: fc.Arbitrary<Where> = fc.oneof(
  fc.constant<Where>({ kind: 'everywhere' }),
  fc
    .tuple(micro(170), micro(80), fc.integer({ min: 1, max: 9e6 }), fc.integer({ min: 1, max: 9e6 }))
    .map(([west, south, width, height]): Where => ({
      kind: 'view',
      bounds: [west, south, Math.round(west * 1e6 + width) / 1e6, Math.round(south * 1e6 + height) / 1e6],
    })),
  fc
    .uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 5 })
    .map((areas): Where => ({ kind: 'areas', areas })),
  fc.array(triangle, { minLength: 1, maxLength: 3 }).map((some): Where => ({ kind: 'shapes', shapes: some })),
)

const when: fc.Arbitrary<When> = fc.oneof(
  fc.constantFrom<When>({ kind: 'today' }, { kind: 'yesterday' }, { kind: 'all' }),
  fc
    .tuple(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 4e11 }))
    .map(([from, ms]): When => ({ kind: 'exact', from, to: from + ms })),
  fc
    .tuple(fc.integer({ min: 1, max: 1e9 }), fc.constantFrom('now' as const, 'newest' as const))
    .map(([ms, until]): When => ({ kind: 'last', ms, until })),
)

const texts = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), { maxLength: 5 })

export const searchRequest: fc.Arbitrary<SearchRequest> = fc.record({
  where,
  when,
  types: texts,
  ids: texts,
  select: texts,
  filter: fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.trim()),
  limit: fc.integer({ min: 1, max: 5_000_000 }),
  timeoutMs: fc.integer({ min: 1, max: 3_600_000 }),
})
