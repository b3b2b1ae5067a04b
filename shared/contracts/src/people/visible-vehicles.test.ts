import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSees, sightBytes, sightOf, vehiclePattern } from './visible-vehicles.ts'

const id = fc.string({ unit: fc.constantFrom('a', 'b', '-', 'ö', '😀', '\uffff'), minLength: 1, maxLength: 4 })
const pattern = fc.oneof(
  id,
  id.map((text) => `${text}*`),
)

/** As it is written of a pattern. */
const isNamedBy = (text: string, vehicle: string): boolean =>
  text.endsWith('*') ? vehicle.startsWith(text.slice(0, -1)) : vehicle === text

test('a vehicle is seen if one of the patterns names it', () => {
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 12 }), fc.array(id, { maxLength: 40 }), (patterns, vehicles) => {
      const sight = sightOf(patterns)
      if (sight === 'all') throw new Error('no pattern names all')
      const sees = createSees(sight)
      const names = (vehicle: string): boolean => patterns.some((text) => isNamedBy(text, vehicle))
      expect(vehicles.filter(sees)).toEqual(vehicles.filter(names))
    }),
  )
})

test('what is named twice is said once, in one order', () => {
  expect(sightOf(['tram-*', 'bus-1', 'tram-7', 'tram-1*', 'bus-1', 'bus-0', 'taxi*'])).toEqual({
    ids: ['bus-0', 'bus-1'],
    prefixes: ['taxi', 'tram-'],
  })
  expect(sightOf(['bus-1', '*'])).toBe('all')
  expect(sightOf([])).toEqual({ ids: [], prefixes: [] })
})

test('the names of what is seen are counted as they are sent', () => {
  const sight = sightOf(['größer-1', 'tram-*'])
  expect([sightBytes('all'), sightBytes(sight)]).toEqual([0, '"größer-1","tram-",'.length + 2])
})

test.each(['', '*-nord', 'a**', 'a*b', '\ud800', 'ö'.repeat(200)])('"%s" names no vehicles', (text) => {
  expect(vehiclePattern.safeParse(text).success).toBe(false)
})

test.each(['*', 'a', 'a*', 'depot north 7', 'a'.repeat(255)])('"%s" names vehicles', (text) => {
  expect(vehiclePattern.safeParse(text).success).toBe(true)
})
