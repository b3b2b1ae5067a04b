import { FleetError } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { valueOf } from '../formats/block.ts'
import { blockOf } from '../testing/block-of.ts'
import type { Row } from '../testing/read-all.ts'
import { describePlan } from './describe-plan.ts'
import { planFields } from './plan-fields.ts'
import { readScalars } from './read-scalars.ts'

const names = [
  'id',
  'MMSI',
  'time',
  'Date',
  'timestamp',
  'lon',
  'lat',
  'x',
  'y',
  'N/S',
  'E/W',
  'speed',
  'SOG',
  'speed_kmh',
  'COG',
  'direction',
  'temperature',
  'constructor',
  '__proto__',
  '',
]
const texts = [
  'a',
  '7',
  '1.5',
  '116,4',
  '39.9',
  '-31.24 S',
  `31°14'22.5"N`,
  '3114.375',
  'N',
  'E',
  '1538352000',
  '20261120',
  '2026-05-06T07:08:09Z',
  '05/06/2026 07:08',
  '07:08:09',
  '45000.5',
  '5 kn',
  '\\N',
  'constructor',
  '__proto__',
  '[',
  '(',
  '\u0000',
  '\uD800',
]
const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...texts) },
  { weight: 2, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.anything({ withNullPrototype: true, withBigInt: true }) },
  { weight: 1, arbitrary: fc.bigInt() },
)
/** What most rows have, so that some can be read. */
const sound = fc.record({
  id: fc.constantFrom('a', 7, 'b'),
  time: fc.constantFrom('2026-05-06T07:08:09Z', '16.05.2026 07:08', 1538352000),
  lon: fc.constantFrom('116,4', '121.5 E', 7.25),
  lat: fc.constantFrom('39.9', `31°14'22.5"N`, 50),
})
const changes = fc.uniqueArray(fc.tuple(fc.constantFrom(...names), value), { selector: ([name]) => name, maxLength: 4 })
const rowsOf = fc
  .tuple(sound, fc.array(changes, { maxLength: 6 }))
  .map(([base, all]) => all.map((each): Row => ({ ...base, ...Object.fromEntries(each) })))

test('whatever an input holds, it is read by a plan or refused with a sentence', () => {
  let read = 0
  fc.assert(
    fc.property(rowsOf, fc.boolean(), (rows, isSaid) => {
      const block = blockOf(rows)
      try {
        const plan = planFields({
          format: { name: 'ndjson', hasMeaning: false },
          sample: [block],
          asked: {},
          options: isSaid ? { vehicleId: 'a', timezone: 'UTC', coordinates: 'degrees', speedUnit: 'kn' } : {},
          nowMs: Date.parse('2026-11-29T12:00:00Z'),
        })
        expect(describePlan(plan, block).lines.every((line) => line !== '')).toBe(true)
        const reader = readScalars(plan)
        for (let at = 0; at < rows.length; at++) {
          const found = reader.read((name) => valueOf(block.fields[block.names.indexOf(name)], at))
          if ('reason' in found) continue
          read++
          expect(found).toEqual({
            vehicleId: expect.any(String),
            vehicleType: found.vehicleType === undefined ? undefined : expect.any(String),
            eventTime: expect.any(Number),
            longitude: expect.any(Number),
            latitude: expect.any(Number),
            speed: expect.any(Number),
            heading: expect.any(Number),
            measures: expect.any(Object),
            unread: expect.any(Array),
          })
          expect([Number.isInteger(found.eventTime), Object.is(found.eventTime, -0)]).toEqual([true, false])
        }
      } catch (error) {
        expect(error).toBeInstanceOf(FleetError)
        expect((error as Error).message).toMatch(/\w \w/)
      }
    }),
    { numRuns: 500, seed: 3 },
  )
  expect(read).toBeGreaterThan(100)
})
