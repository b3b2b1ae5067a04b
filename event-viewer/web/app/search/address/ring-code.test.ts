import type { FleetError } from '@fleetlake/core'
import { roundDegrees } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeShapes, encodeShapes } from './ring-code.ts'
import { shapes } from './testing/arbitraries.ts'

test('what is decoded is what was encoded', () => {
  fc.assert(
    fc.property(shapes, (some) => {
      expect(decodeShapes(encodeShapes(some))).toEqual(some)
    }),
  )
})

test('a text of an address is as it is, and short', () => {
  const circle = Array.from({ length: 64 }, (_, i): [number, number] => [
    roundDegrees(-56.16 + 0.01 * Math.cos((i * Math.PI) / 32)),
    roundDegrees(-34.9 + 0.01 * Math.sin((i * Math.PI) / 32)),
  ])
  const text = encodeShapes([[[...circle, circle[0]]]])
  expect(text).toMatch(/^[A-Za-z0-9_-]+$/)
  expect(text.length).toBeLessThan(64 * 6)
  expect(
    encodeURIComponent(
      encodeShapes([
        [
          [...circle, circle[0]],
          [...circle, circle[0]],
        ],
        [[...circle, circle[0]]],
      ]),
    ),
  ).toBe(`${text}.${text}~${text}`)
})

test('what is not an area says why', () => {
  const message = (text: string): string => {
    try {
      return JSON.stringify(decodeShapes(text))
    } catch (error) {
      return `${(error as FleetError).code}: ${(error as FleetError).message}`
    }
  }
  expect(['', 'A B', 'AAA', 'gg', 'AAAA', '________________', 'AABBCC.', 'AACAAC'].map(message)).toEqual([
    'area.invalid: the area of the link has fewer than 3 corners',
    'area.invalid: the area of the link holds “ ”, which no link of this page holds',
    'area.invalid: the area of the link is cut off',
    'area.invalid: the area of the link is cut off',
    'area.invalid: the area of the link has fewer than 3 corners',
    'area.invalid: the area of the link is damaged',
    'area.invalid: the area of the link has fewer than 3 corners',
    '[[[[0,0],[0.000001,0],[0.000001,0.000001],[0,0]]]]',
  ])
})
