import { expect, test } from 'vitest'
import { expandPolyline, hasPolylines } from './expand-polyline.ts'

test('a trip is a point every 15 s from its start', () => {
  expect(
    expandPolyline({
      timestamp: '1372636858',
      polyline: '[[-8.618643,41.141412],[-8.618499,41.141376],[-8.620326,null]]',
      missing: 'False',
    }),
  ).toEqual({
    eventTime: Float64Array.of(1_372_636_858_000, 1_372_636_873_000, 1_372_636_888_000),
    longitude: Float64Array.of(-8.618643, -8.618499, -8.620326),
    latitude: Float64Array.of(41.141412, 41.141376, NaN),
  })
})

test('an empty trip has no points', () => {
  const none = new Float64Array(0)
  expect(expandPolyline({ timestamp: '1372636858', polyline: '[]' })).toEqual({
    eventTime: none,
    longitude: none,
    latitude: none,
  })
})

test.each([
  ['True', '1372636858', '[[1,2]]', 'missing-reports'],
  ['False', 'yesterday', '[[1,2]]', 'time-invalid'],
  ['False', '1372636858', '[[1,2]', 'polyline-invalid'],
  ['False', '1372636858', '{}', 'polyline-invalid'],
  [undefined, '1372636858', '[1,2]', 'polyline-invalid'],
])('missing %s, timestamp %s, polyline %s is refused as %s', (missing, timestamp, polyline, reason) => {
  expect(expandPolyline({ missing, timestamp, polyline })).toEqual({ reason, detail: expect.any(String) })
})

test('a table with trips is known by its names', () => {
  const porto = 'TRIP_ID,CALL_TYPE,ORIGIN_CALL,ORIGIN_STAND,TAXI_ID,TIMESTAMP,DAY_TYPE,MISSING_DATA,POLYLINE'
  expect([hasPolylines(porto.split(',')), hasPolylines(['TIMESTAMP', 'POLYLINE'])]).toEqual([true, false])
})
