import { expect, test } from 'vitest'
import { faultOfMeasures, measuresText, readMeasures } from './read-measures.ts'

test('names are read as they are typed, each once', () => {
  expect(readMeasures(' altitude,driver_id; fuel  altitude ')).toEqual(['altitude', 'driver_id', 'fuel'])
  expect(readMeasures(' , ')).toEqual([])
  expect(['all', 'All', '*', 'fuel, *'].map(readMeasures)).toEqual([['*'], ['*'], ['*'], ['*']])
})

test('what is shown of names is read as them again', () => {
  for (const names of [[], ['*'], ['altitude', 'fuel']]) expect(readMeasures(measuresText(names))).toEqual(names)
})

test('what no measure can be named is told, and so are too many', () => {
  expect(faultOfMeasures(['altitude', '*'])).toBeUndefined()
  expect(faultOfMeasures(['altitude', 'speed'])).toBe('Measures: "speed" is a column of every position.')
  expect(faultOfMeasures(['Fuel'])).toContain('"Fuel" is not a name of a measure')
  expect(faultOfMeasures(Array.from({ length: 65 }, (_, i) => `m${i}`))).toContain('65 measures are too many')
})
