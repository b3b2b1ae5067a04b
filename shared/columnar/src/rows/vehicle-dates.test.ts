import fc from 'fast-check'
import { expect, test } from 'vitest'
import { positionsOfRows } from './position-rows.ts'
import { vehicleDateRuns } from './vehicle-dates.ts'

const DAY_MS = 86_400_000

test('a run ends where the vehicle or the UTC date is another one', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.constantFrom('a', 'ab', 'ü', 'vehicle-1', 'vehicle-2', 'wehicle-1', 'vehi-le-1'),
          fc.constantFrom(-1, 0, 1, DAY_MS - 1, DAY_MS),
        ),
      ),
      (reports) => {
        const rows = reports.map(([vehicleId, eventTime]) => ({
          vehicleId,
          vehicleType: 'bus',
          eventTime,
          longitude: 0,
          latitude: 0,
          speed: 0,
          heading: 0,
        }))
        const keys = reports.map(([id, time]) => `${id} ${new Date(time).toISOString().slice(0, 10)}`)
        expect([...vehicleDateRuns(positionsOfRows(rows))]).toEqual(
          [...keys.keys()].filter((row) => keys[row] !== keys[row - 1]),
        )
      },
    ),
  ))
