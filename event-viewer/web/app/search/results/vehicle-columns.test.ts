import { emptyMeasure, wellKnownMeasure } from '@fleetlake/columnar'
import { expect, test } from 'vitest'
import { columnsRem, columnTracks, vehicleColumns } from './vehicle-columns.ts'

const measures = ['temperature', 'driver_id'].map((name) => emptyMeasure(wellKnownMeasure(name)!, 0))

test('measures are columns after the others, with their units, beside the map and below it', () => {
  for (const isWide of [false, true]) {
    const columns = vehicleColumns(measures, isWide)
    expect(columns.slice(-2).map(({ key, label, isNumber }) => [key, label, isNumber])).toEqual([
      ['measure temperature', 'Temperature, °C', true],
      ['measure driver_id', 'Driver id', false],
    ])
    expect(columns.slice(0, -2).map(({ key }) => key)).toEqual(vehicleColumns([], isWide).map(({ key }) => key))
  }
})

test('an answer without measures fits beside the map and on a phone; with them an id keeps room, and the table is wider than its place', () => {
  const [without, beside] = [vehicleColumns([], false), vehicleColumns(measures, false)]
  expect(columnTracks(without, false)).toBe('minmax(0rem,1fr) 4.25rem 5rem 5.25rem')
  expect(columnsRem(without, false) * 16).toBeLessThan(390 - 32)
  expect(columnTracks(beside, false)).toBe('minmax(6rem,1fr) 4.25rem 5rem 5.25rem 8rem 8rem')
  expect(columnsRem(beside, false)).toBe(36.5)
})
