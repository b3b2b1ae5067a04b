import { areaOf, contains } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Ring, Shape } from '../request/search-request.ts'
import { cutHole, removeRing, replaceRing } from './edit-shapes.ts'
import { findMeeting } from './ring-meeting.ts'
import { solidShapes } from './solid-shapes.ts'

const box = (west: number, south: number, east: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
]

/** Degrees in tenths, so that edges often meet, and lie on each other. */
const side = fc.integer({ min: 0, max: 12 }).map((n) => n / 10)
const anyBox: fc.Arbitrary<Ring> = fc
  .tuple(side, side, side, side)
  .filter(([west, south, east, north]) => west < east && south < north)
  .map(([west, south, east, north]) => box(west, south, east, north))

const isIn = (shapes: readonly Shape[], x: number, y: number): boolean =>
  shapes.length > 0 && contains(areaOf({ type: 'MultiPolygon', coordinates: shapes }), x * 1e6, y * 1e6)

/** Off every edge that `side` makes. */
const place = fc.tuple(fc.integer({ min: -1, max: 13 }), fc.integer({ min: -1, max: 13 }))
const middle = (n: number): number => Math.round((n / 10 + 0.05) * 1e6) / 1e6

test('what is left is what the outline has and no hole has', () => {
  fc.assert(
    fc.property(anyBox, fc.array(anyBox, { maxLength: 3 }), place, (outline, holes, [column, row]) => {
      const [x, y] = [middle(column), middle(row)]
      const expected = isIn([[outline]], x, y) && !holes.some((hole) => isIn([[hole]], x, y))
      expect(isIn(solidShapes([outline, ...holes]), x, y)).toBe(expected)
    }),
  )
})

test('no rings of what is left cross each other', () => {
  fc.assert(
    fc.property(anyBox, fc.array(anyBox, { maxLength: 3 }), (outline, holes) => {
      expect(solidShapes([outline, ...holes]).map((shape) => findMeeting(shape, 'cross'))).not.toContainEqual(
        expect.anything(),
      )
    }),
  )
})

test('a shape with its holes inside is the same, to the last digit', () => {
  const shape: Shape = [box(0, 0, 1, 1), box(0.1, 0.1, 0.2, 0.2), box(0.3, 0.1, 0.400001, 0.2)]
  expect(solidShapes(shape)).toEqual([shape])
  expect(solidShapes(shape)[0][2]).toBe(shape[2])
})

test('a hole beyond the antimeridian is one, like any other', () => {
  const shape: Shape = [box(170, 0, 190, 10), box(185, 4, 187, 6)]
  expect(solidShapes(shape)).toEqual([shape])
})

test('a hole is cut out of every area that it meets', () => {
  const [left, right] = [box(0, 0, 1, 1), box(2, 0, 3, 1)]
  const inside = box(0.4, 0.4, 0.6, 0.6)
  expect(cutHole([[left], [right]], inside)).toEqual([[left, inside], [right]])
  const across = cutHole([[left], [right]], box(0.5, 0.4, 2.5, 0.6))
  expect([isIn(across, 0.6, 0.5), isIn(across, 0.4, 0.5), isIn(across, 2.4, 0.5), isIn(across, 2.6, 0.5)]).toEqual([
    false,
    true,
    false,
    true,
  ])
  // One that goes through makes two of one.
  expect(cutHole([[left]], box(-1, 0.4, 2, 0.6))).toHaveLength(2)
  expect(cutHole([[left]], box(-1, -1, 2, 2))).toEqual([])
})

test('a hole beside all areas changes nothing', () => {
  const shapes: Shape[] = [[box(0, 0, 1, 1), box(0.4, 0.4, 0.6, 0.6)]]
  expect(cutHole(shapes, box(5, 5, 6, 6))).toBe(shapes)
})

test('an area that is moved takes its holes along, one that is widened does not', () => {
  const shapes: Shape[] = [[box(0, 0, 1, 1), box(0.4, 0.4, 0.6, 0.6)], [box(5, 5, 6, 6)]]
  expect(replaceRing(shapes, { shape: 0, ring: 0 }, box(2, 0.5, 3, 1.5))).toEqual([
    [box(2, 0.5, 3, 1.5), box(2.4, 0.9, 2.6, 1.1)],
    [box(5, 5, 6, 6)],
  ])
  expect(replaceRing(shapes, { shape: 0, ring: 0 }, box(0, 0, 2, 1))).toEqual([
    [box(0, 0, 2, 1), box(0.4, 0.4, 0.6, 0.6)],
    [box(5, 5, 6, 6)],
  ])
})

test('a hole that is dragged across the edge bites into it', () => {
  const shapes = replaceRing(
    [[box(0, 0, 1, 1), box(0.4, 0.4, 0.6, 0.6)]],
    { shape: 0, ring: 1 },
    box(0.9, 0.4, 1.1, 0.6),
  )
  expect(shapes).toHaveLength(1)
  expect(shapes[0]).toHaveLength(1)
  expect([isIn(shapes, 0.95, 0.5), isIn(shapes, 0.85, 0.5), isIn(shapes, 1.05, 0.5)]).toEqual([false, true, false])
})

test('an area goes with its holes, a hole alone', () => {
  const shapes: Shape[] = [[box(0, 0, 1, 1), box(0.4, 0.4, 0.6, 0.6)], [box(5, 5, 6, 6)]]
  expect(removeRing(shapes, { shape: 0, ring: 0 })).toEqual([[box(5, 5, 6, 6)]])
  expect(removeRing(shapes, { shape: 0, ring: 1 })).toEqual([[box(0, 0, 1, 1)], [box(5, 5, 6, 6)]])
})
