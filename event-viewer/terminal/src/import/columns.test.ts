import { expect, test } from 'vitest'
import { fault } from '@fleetlake/core/testing'
import { leftOutOf, mapColumns, measuresOf, parseMapping } from './columns.ts'

const none = { asked: {}, constant: [] }

test('usual names are found whatever their case and separators', () => {
  expect(mapColumns(['Taxi_ID', 'GPS Time', 'LNG', 'lat', 'Speed', 'bearing', 'note'], none)).toEqual({
    vehicle_id: 'Taxi_ID',
    event_time: 'GPS Time',
    longitude: 'LNG',
    latitude: 'lat',
    speed: 'Speed',
    heading: 'bearing',
  })
})

test('what the user says counts, and is not taken for another column too', () => {
  const asked = parseMapping('vehicle_id=name_id, event_time=timestamp')
  expect(mapColumns(['name_id', 'timestamp', 'time', 'id', 'longitude', 'latitude'], { asked, constant: [] })).toEqual({
    vehicle_id: 'name_id',
    event_time: 'timestamp',
    longitude: 'longitude',
    latitude: 'latitude',
  })
  expect(mapColumns(['id', 'time', 'x', 'y'], { asked: { vehicle_type: 'id' }, constant: ['vehicle_id'] })).toEqual({
    vehicle_type: 'id',
    event_time: 'time',
    longitude: 'x',
    latitude: 'y',
  })
})

test('a column that is missing is told together with those that are there', () => {
  expect(() => mapColumns(['a', 'lon', 'lat'], none)).toThrow(
    fault(
      'import.invalid',
      'no column for vehicle_id, event_time; the input has "a", "lon", "lat": name it with --columns vehicle_id=<column> (or --vehicle-id if all rows are of one vehicle)',
    ),
  )
  expect(() => mapColumns(['id', 'time', 'lon', 'lat'], { asked: { speed: 'v' }, constant: [] })).toThrow(
    fault('import.invalid', 'there is no column "v"; the input has "id", "time", "lon", "lat"'),
  )
})

test('any other name is a measure’s, which is only read where it is asked for, and the rest is left out', () => {
  const asked = parseMapping('temperature=temp_c,vehicle_id=plate')
  const names = ['plate', 'time', 'lon', 'lat', 'temp_c', 'humidity', 'driver_id']
  const mapping = mapColumns(names, { asked, constant: [] })
  expect(mapping).toEqual({
    vehicle_id: 'plate',
    event_time: 'time',
    longitude: 'lon',
    latitude: 'lat',
    temperature: 'temp_c',
  })
  expect(measuresOf(mapping)).toEqual(['temperature'])
  expect(leftOutOf(names, mapping)).toEqual(['humidity', 'driver_id'])
  expect(() => mapColumns(['id', 'time', 'lon', 'lat'], { asked: { doors: 'd' }, constant: [] })).toThrow(
    fault('import.invalid', 'there is no column "d"'),
  )
})

test.each(['vehicle_id', 'vehicle_id=', 'Vehicle=x', 'cell=x', 'speed=a,speed=b', 'doors=a,doors=b'])(
  '--columns %s is refused',
  (text) => {
    expect(() => parseMapping(text)).toThrow(fault('usage.invalid', '--columns'))
  },
)
