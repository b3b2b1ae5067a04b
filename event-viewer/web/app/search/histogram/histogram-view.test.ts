import fc from 'fast-check'
import { expect, test } from 'vitest'
import { barsPath, eventsIn, moved, ordered, within, zoomed } from './histogram-view.ts'

const period = fc
  .tuple(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 60_000, max: 1e11 }))
  .map(([from, span]) => ({ from, to: from + span }))

test('a view stays within its limits, and keeps its span where they have room', () => {
  fc.assert(
    fc.property(period, period, (view, limits) => {
      const { from, to } = within(view, limits)
      expect(from).toBeGreaterThanOrEqual(limits.from)
      expect(to).toBeLessThanOrEqual(limits.to)
      expect(to - from).toBe(Math.min(view.to - view.from, limits.to - limits.from))
    }),
  )
})

test('a view that is within stays as it is', () => {
  fc.assert(
    fc.property(period, (view) => {
      expect(within(view, view)).toEqual(view)
    }),
  )
})

test('zooming keeps the instant under the pointer, and ends at a minute', () => {
  fc.assert(
    fc.property(period, fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0.5, 2), (view, share, factor) => {
      const at = view.from + share * (view.to - view.from)
      const near = zoomed(view, { at, factor })
      expect(near.to - near.from).toBeCloseTo(Math.max(60_000, (view.to - view.from) * factor), 0)
      expect((at - near.from) / (near.to - near.from)).toBeCloseTo(share, 4)
    }),
  )
})

test('a brush may be drawn either way, and holds at least a second', () => {
  expect([ordered(1, 5000), ordered(5000, 1), ordered(7, 7), moved({ from: 1, to: 2 }, 5)]).toEqual([
    { from: 1, to: 5000 },
    { from: 1, to: 5000 },
    { from: 7, to: 1007 },
    { from: 6, to: 7 },
  ])
})

test('events of a period are those of its bins, and a share of those it cuts', () => {
  const histogram = { from: 100, binMs: 10, rows: [5, 0, 10] }
  expect([
    eventsIn(histogram, { from: 0, to: 1000 }),
    eventsIn(histogram, { from: 105, to: 125 }),
    eventsIn(histogram, { from: 110, to: 120 }),
    eventsIn(histogram, { from: 0, to: 100 }),
  ]).toEqual([15, 7.5, 0, 0])
})

test('bars are steps, the rarest still to be seen', () => {
  expect(barsPath([0, 1, 4, 1_000_000])).toBe('M0 1V1.000H1V0.960H2V0.960H3V0.000H4V1Z')
  expect(barsPath([0, 0])).toBe('M0 1V1.000H1V1.000H2V1Z')
})
