import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { measuresOf, parseMapping } from './parse-mapping.ts'

test('a mapping names the fields of columns and measures', () => {
  const mapping = parseMapping('vehicle_id=name_id, event_time=Date+Time,temperature=temp_c,latitude_hemisphere=N/S')
  expect(mapping).toEqual({
    vehicle_id: 'name_id',
    event_time: 'Date+Time',
    temperature: 'temp_c',
    latitude_hemisphere: 'N/S',
  })
  expect(measuresOf(mapping)).toEqual(['temperature'])
})

test.each(['vehicle_id', 'vehicle_id=', 'Vehicle=x', 'cell=x', 'speed=a,speed=b', 'doors=a,doors=b'])(
  '--columns %s is refused',
  (text) => {
    expect(() => parseMapping(text)).toThrow(fault('usage.invalid', '--columns'))
  },
)
