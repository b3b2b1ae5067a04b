import { encodePositions, type PositionRow, positionsOfRows, rowsOfPositions } from '@fleetlake/columnar'
import { CONTENT_TYPES, createSees, decodeMove, sightOf, type VisibleVehicles } from '@fleetlake/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { audiencesOf, splitMove } from './split-live.ts'

const id = fc.constantFrom('bus-1', 'bus-2', 'tram-1', 'größer', 'x')
const row = fc.record({
  vehicleId: id,
  vehicleType: fc.constantFrom('bus', 'tram', 'taxi'),
  eventTime: fc.integer({ min: 0, max: 1e12 }),
  longitude: fc.integer({ min: -180, max: 180 }),
  latitude: fc.integer({ min: -90, max: 90 }),
  speed: fc.constantFrom(1, 2.5, Number.NaN),
  heading: fc.constantFrom(0, 90),
}) satisfies fc.Arbitrary<PositionRow>

const sight = fc
  .array(fc.oneof(id, fc.constantFrom('bus*', 'tr*', 'none')), { maxLength: 3 })
  .map((patterns) => sightOf(patterns) as VisibleVehicles)

const encode = (rows: readonly PositionRow[]): Uint8Array => encodePositions(positionsOfRows(rows))

const decode = (payload: Uint8Array) => decodeMove(payload, CONTENT_TYPES.arrow).rows!

test('everybody gets the rows of the vehicles that they see, in their order, and nothing of any other', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), fc.array(sight, { maxLength: 5 }), (rows, sights) => {
      const persons = new Map(sights.map((each, i) => [`p${i}`, each]))
      const shares = splitMove(encode(rows), CONTENT_TYPES.arrow, audiencesOf(persons))
      const got = new Map(shares.flatMap((share) => share.persons.map((person) => [person, share.payload] as const)))
      for (const [person, seen] of persons) {
        const sees = createSees(seen)
        const expected = rows.filter(({ vehicleId }) => sees(vehicleId))
        const payload = got.get(person)
        if (expected.length === 0) expect(payload).toBeUndefined()
        else {
          const found = decode(payload!)
          expect(rowsOfPositions(found)).toEqual(rowsOfPositions(decode(encode(expected))))
          expect(new Set(found.vehicleTypes)).toEqual(new Set(expected.map(({ vehicleType }) => vehicleType)))
        }
      }
    }),
  )
})

test('a position as JSON is split like a batch, and what can not be read is for nobody', () => {
  const audiences = audiencesOf(new Map([['anna', { ids: ['bus-1'], prefixes: [] }]]))
  const json = (vehicle: string): Uint8Array =>
    new TextEncoder().encode(
      JSON.stringify({
        vehicle_id: vehicle,
        vehicle_type: 'bus',
        event_time: '2026-01-05T08:00:00Z',
        longitude: 1,
        latitude: 2,
      }),
    )
  expect(splitMove(json('bus-1'), CONTENT_TYPES.json, audiences)).toMatchObject([{ persons: ['anna'] }])
  expect(splitMove(json('bus-2'), CONTENT_TYPES.json, audiences)).toEqual([])
  expect(splitMove(new Uint8Array([1, 2, 3]), CONTENT_TYPES.arrow, audiences)).toEqual([])
  expect(splitMove(json('bus-1'), undefined, audiences)).toEqual([])
})

test('those who see the same are one audience', () => {
  const [a, b] = [sightOf(['bus*', 'x']), sightOf(['tram-1'])] as VisibleVehicles[]
  const audiences = audiencesOf(
    new Map([
      ['anna', a],
      ['bert', b],
      ['carl', sightOf(['x', 'bus*']) as VisibleVehicles],
    ]),
  )
  expect(audiences.map(({ persons }) => persons)).toEqual([['anna', 'carl'], ['bert']])
})
