import { areaOf, contains } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { parseArea, parseBox } from './area.ts'

test('a box holds what lies in it', () => {
  const area = areaOf(parseBox('-56.2,-34.93,-56.1,-34.88'))
  expect(contains(area, -56_150_000, -34_900_000)).toBe(true)
  expect(contains(area, -56_250_000, -34_900_000)).toBe(false)
})

test('a box across the antimeridian is two', () => {
  const area = areaOf(parseBox('179,-10,-179,10'))
  expect([179_500_000, -179_500_000, 0].map((x) => contains(area, x, 0))).toEqual([true, true, false])
  expect(contains(areaOf(parseBox('180,-10,-179,10')), -179_500_000, 0)).toBe(true)
})

test('the whole globe is a box, and so is all of it but a strip', () => {
  const inside = (box: string): boolean[] =>
    [-179_999_999, -1, 0, 1, 179_999_999].map((x) => contains(areaOf(parseBox(box)), x, 0))
  expect(inside('-180,-90,180,90')).toEqual([true, true, true, true, true])
  expect(inside('0.0000005,-90,-0.0000005,90')).toEqual([true, true, false, true, true])
})

test.each(['', '1,2,3', '1,2,3,x', '1,2,,4', '10,20,11,19', '10,20,10,21', '-34.9,156,-34.8,157', '1,2,3,4,5'])(
  '--bbox "%s" is refused',
  (text) => {
    expect(() => parseBox(text)).toThrow(fault('usage.invalid', '--bbox'))
  },
)

test('an invalid area says why', () => {
  expect(() => parseArea('{', '--area x.geojson')).toThrow(fault('usage.invalid', '--area x.geojson is not JSON'))
  expect(() => parseArea('{"type":"Point","coordinates":[1,2]}', 'x')).toThrow(
    fault('area.invalid', 'the area is of type "Point"'),
  )
  const bowTie = '{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}'
  expect(() => parseArea(bowTie, 'x')).toThrow(
    fault('area.invalid', 'the polygon, outer ring crosses itself at 1, 1 (longitude, latitude)'),
  )
})
