import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Ring } from '../request/search-request.ts'
import { findMeeting } from './ring-meeting.ts'

const closed = (...corners: [number, number][]): Ring => [...corners, corners[0]]

/** Millionths on a coarse grid: much is parallel, and much touches. */
const corner = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
  .map(([x, y]): [number, number] => [x, y])
const anyRing = fc
  .uniqueArray(corner, { minLength: 3, maxLength: 7, selector: String })
  .map((corners) => closed(...corners))

/** By solving for where the lines meet, in whole numbers. */
const doCross = (rings: readonly Ring[]): boolean => {
  const edges = rings.flatMap((ring) => ring.slice(1).map((to, i) => [...ring[i], ...to]))
  return edges.some(([ax, ay, bx, by], i) =>
    edges.slice(i + 1).some(([cx, cy, dx, dy]) => {
      const divisor = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
      const s = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) * Math.sign(divisor)
      const t = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) * Math.sign(divisor)
      return s > 0 && t > 0 && s < Math.abs(divisor) && t < Math.abs(divisor)
    }),
  )
}

test('crossings are found as brute force finds them', () => {
  fc.assert(
    fc.property(fc.array(anyRing, { minLength: 1, maxLength: 2 }), (rings) => {
      expect(findMeeting(rings, 'cross') !== undefined).toBe(doCross(rings))
    }),
    { numRuns: 1000 },
  )
})

test('a bow tie crosses itself in its middle', () => {
  expect(findMeeting([closed([0, 0], [2, 2], [2, 0], [0, 2])], 'cross')).toEqual({ longitude: 1, latitude: 1 })
})

test('rings that touch do not cross, and are told from rings apart', () => {
  const [box, beside, apart] = [
    closed([0, 0], [1, 0], [1, 1], [0, 1]),
    closed([1, 0.5], [2, 0], [2, 1]),
    closed([1.000001, 0.5], [2, 0], [2, 1]),
  ]
  expect([findMeeting([box, beside], 'cross'), findMeeting([box, apart], 'touch')]).toEqual([undefined, undefined])
  expect(findMeeting([box, beside], 'touch')).toEqual({ longitude: 1, latitude: 0.5 })
})
