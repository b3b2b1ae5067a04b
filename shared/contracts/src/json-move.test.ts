import { rowsOfPositions } from '@fleetlake/columnar'
import { parseExactJson } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMove } from './decode-move.ts'

const POSITION = {
  vehicle_id: 'v',
  vehicle_type: 'bus',
  event_time: '2026-01-05T08:00:00Z',
  longitude: -56.1,
  latitude: -34.9,
}

const decode = (more: string) =>
  decodeMove(new TextEncoder().encode(`${JSON.stringify(POSITION).slice(0, -1)}${more}}`), 'application/json')

const saidIn = (more: string): unknown => rowsOfPositions(decode(more).rows!)[0].measures

test('further members are measures, and what can’t be one is in the attributes', () => {
  expect(saidIn('')).toBeUndefined()
  expect(saidIn(',"speed":null,"temperature":null')).toBeUndefined()
  expect(saidIn(',"temperature":-18.5,"ignition":true,"order_id":"o-1","doors":2')).toEqual({
    temperature: -18.5,
    ignition: true,
    order_id: 'o-1',
    doors: 2,
  })
  // A text is not a temperature; it is kept as it is, for a table to fit.
  expect(saidIn(',"temperature":"hot"')).toEqual({ temperature: 'hot' })
  expect(saidIn(',"batteryLevel":3,"cell":"x","axles":[1,2],"a":{"b":null},"__proto__":1')).toEqual({
    attributes: '{"batteryLevel":3,"cell":"x","axles":[1,2],"a":{"b":null},"__proto__":1}',
  })
  expect(saidIn(',"attributes":{"a":1},"B":2')).toEqual({ attributes: '{"a":1,"B":2}' })
  expect(saidIn(',"attributes":"{\\"a\\": 1}"')).toEqual({ attributes: '{"a": 1}' })
  expect(saidIn(',"attributes":"text"')).toEqual({ attributes: 'text' })
  expect(saidIn(',"attributes":[1]')).toEqual({ attributes: '{"attributes":[1]}' })
  expect(saidIn(String.raw`,"note":"\ud800"`)).toEqual({ attributes: String.raw`{"note":"\ud800"}` })
})

test('a number that a double does not hold costs its own row nothing but its column: its digits are in the attributes', () => {
  expect(saidIn(',"odometer":12,"counter":1152921504606846977')).toEqual({
    odometer: 12,
    attributes: '{"counter":"1152921504606846977"}',
  })
  expect(saidIn(',"revision":-9223372036854775808,"x":1e400,"y":1e-400')).toEqual({
    attributes: '{"revision":"-9223372036854775808","x":"1e400","y":"1e-400"}',
  })
  expect(saidIn(',"seen":[9007199254740993],"attributes":{"n":{"m":-9007199254740993}}')).toEqual({
    attributes: '{"n":{"m":"-9007199254740993"},"seen":["9007199254740993"]}',
  })
  expect(saidIn(',"attributes":9007199254740993')).toEqual({ attributes: '{"attributes":"9007199254740993"}' })
  expect(saidIn(',"vast":9007199254740991,"fine":0.1000000000000000055,"large":1e300')).toEqual({
    vast: 9_007_199_254_740_991,
    fine: 0.1,
    large: 1e300,
  })
})

test('well-known names have their types where the value fits', () => {
  const types = decode(',"temperature":1,"revision":1.5,"odometer":"far","state":"x"').rows!.measures.map(
    ({ spec }) => `${spec.name} ${spec.type} ${spec.unit ?? ''}`,
  )
  expect(types).toEqual(['temperature double °C', 'revision double ', 'odometer string ', 'state string '])
})

test('every further member of a JSON object is in a measure or in the attributes', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (said) => {
      const own = said['attributes']
      fc.pre(own === undefined || own === null || typeof own === 'object')
      const more = Object.entries(said)
        .filter(([name]) => !(name in POSITION))
        .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`)
      const { attributes = '{}', ...measures } = (saidIn(more.join('')) ?? {}) as Record<string, unknown>
      const kept = { ...measures, ...(JSON.parse(attributes as string) as object) } as Record<string, unknown>
      for (const [name, value] of Object.entries(parseExactJson(`{${more.join('').slice(1)}}`) as object)) {
        if (value === null) expect(Object.hasOwn(kept, name)).toBe(false)
        else if (name === 'attributes' && !Array.isArray(value)) expect(kept).toMatchObject(value as object)
        else expect(kept[name]).toEqual(value)
      }
    }),
  )
})

test('more than a table can hold is not a position', () => {
  const more = Array.from({ length: 257 }, (_, i) => `,"m${i}":${i}`)
  expect(decode(more.slice(0, 256).join('')).rows?.measures).toHaveLength(256)
  expect(decode(more.join(''))).toEqual({ reason: expect.stringContaining('more than 256 members') })
})
