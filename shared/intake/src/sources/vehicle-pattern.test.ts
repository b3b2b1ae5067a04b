import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { parseVehiclePattern } from './vehicle-pattern.ts'

test.each([
  ['{name}', 'taxi/1.txt', '1'],
  ['{name}', '1.txt', '1'],
  ['{name}', './release/taxi_log_2008_by_id/366.txt', '366'],
  ['{name}', 'bus-7.csv.gz', 'bus-7'],
  ['{name}', 'AB 12 CD.gpx', 'AB 12 CD'],
  ['{name}', 'v1.2', 'v1.2'],
  ['{name}', 'day.2008-02.csv', 'day.2008-02'],
  ['{name}', 'no-ending', 'no-ending'],
  ['{name}', '.csv', '.csv'],
  ['{name}', 'trips.zip/taxi 3.csv', 'taxi 3'],
  ['{name}', 'Ü/Ä.csv', 'Ä'],
  ['{folder}', 'data/bus-7/2008.csv', 'bus-7'],
  ['{folder}', 'bus.7/2008.csv', 'bus.7'],
  ['{parent}', '/data/bus-7/2008.csv', 'bus-7'],
  ['{folder}', 'bus-7.zip/2008.csv', 'bus-7'],
  ['{parent}/{name}', 'data/bus/7.csv', 'bus/7'],
  ['{parent}-{name}', 'data/bus/7.csv', 'bus-7'],
  ['fleet-{name}', '7.csv', 'fleet-7'],
  ['trip_{vehicle}_{*}.csv', 'trips/trip_17_2008-02-02.csv', '17'],
  ['trip_{vehicle}_*.csv', 'trip_17_a_b.csv', '17'],
  ['trip_{vehicle}_*.csv', 'trip_17_.csv.gz', '17'],
  ['trip_{vehicle}_*.csv.gz', 'trip_17_x.csv.gz', '17'],
  ['*_{vehicle}.csv', 'a_b_17.csv', 'b_17'],
  ['{vehicle}.csv', 'a.csv.csv', 'a.csv'],
  ['Data/{vehicle}/Trajectory/*.plt', 'Geolife/Data/010/Trajectory/20081023025304.plt', '010'],
  ['Data/{vehicle}/Trajectory/*.plt', 'Data/010/Trajectory/20081023025304.plt', '010'],
  ['{vehicle}/**/*.csv', 'x/bus-7/a/b/c.csv', 'b'],
  ['Data/{vehicle}/**/*.csv', 'x/Data/bus-7/a/b/c.csv', 'bus-7'],
  ['Data/{vehicle}/**/*.csv', 'x/Data/bus-7/c.csv', 'bus-7'],
  ['./{vehicle}/log.csv', 'bus-7/log.csv', 'bus-7'],
  ['id={vehicle}/part-*.parquet', 'table/id=9/part-0001.parquet', '9'],
])('%s of %s is %s', (pattern, path, id) => {
  expect(parseVehiclePattern(pattern).idOf(path)).toEqual({ id })
})

test.each([
  ['{folder}', '1.csv', '1.csv is in no folder that "{folder}" could name its vehicle by'],
  ['trip_{vehicle}_*.csv', 'trip_17.csv', 'trip_17.csv does not fit to "trip_{vehicle}_*.csv"'],
  ['trip_{vehicle}_*.csv', 'trip__x.csv', 'trip__x.csv does not fit to "trip_{vehicle}_*.csv"'],
  ['trip_{vehicle}.csv', 'Trip_1.csv', 'Trip_1.csv does not fit to "trip_{vehicle}.csv"'],
  [
    'Data/{vehicle}/Trajectory/*.plt',
    'Data/010/labels.txt',
    'Data/010/labels.txt does not fit to "Data/{vehicle}/Trajectory/*.plt"',
  ],
  ['Data/{vehicle}/*.csv', 'aData/1/x.csv', 'aData/1/x.csv does not fit to "Data/{vehicle}/*.csv"'],
])('%s does not fit to %s, and says so', (pattern, path, sentence) => {
  expect(parseVehiclePattern(pattern).idOf(path)).toEqual({ fault: sentence })
})

test.each([
  ['name', '"name" does not say where the vehicle\'s id is: '],
  ['*.csv', '"*.csv" does not say where the vehicle\'s id is: '],
  ['{nmae}', '"{nmae}" names {nmae}, which is no part of a path: '],
  ['{vehicle}_{vehicle}', '"{vehicle}_{vehicle}" names {vehicle} 2 times: name it once, and the rest with *'],
  ['{vehicle}_{name}', '"{vehicle}_{name}" names {vehicle} and {name}: name one of them'],
  ['{name}*', '"{name}*" has a * beside {name}: a * goes with {vehicle}'],
  ['{vehicle}*.csv', '"{vehicle}*.csv" has nothing between two of its places: say what stands there'],
])('the pattern %s is refused with what is wrong', (pattern, sentence) => {
  expect(() => parseVehiclePattern(pattern)).toThrow(fault('usage.invalid', sentence))
})

test('a long pattern with many places is read in a moment', () => {
  const pattern = parseVehiclePattern(`${'*a'.repeat(400)}{vehicle}.csv`)
  expect(pattern.idOf(`${'a'.repeat(4_000)}.cs`)).toEqual({ fault: expect.stringContaining('does not fit') as string })
})
