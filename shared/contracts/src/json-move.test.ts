import { rowsOfPositions } from '@fleetlake/columnar'
import { parseExactJson } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMove } from './decode-move.ts'
import { jsonMove } from './messages.ts'

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

/** What is said of a position with other members than `POSITION` has; undefined when it is taken. */
const refusalWith = (members: Readonly<Record<string, string | undefined>>): string | undefined => {
  const said = {
    ...Object.fromEntries(Object.entries(POSITION).map(([name, value]) => [name, JSON.stringify(value)])),
    ...members,
  }
  const text = Object.entries(said).flatMap(([name, json]) =>
    json === undefined ? [] : [`${JSON.stringify(name)}:${json}`],
  )
  const { reason } = decodeMove(new TextEncoder().encode(`{${text.join(',')}}`), 'application/json')
  return reason?.replace('the JSON is not a position: ', '')
}

test('what is wrong with a position is said with the member’s name and its value', () => {
  const cases: [members: Record<string, string | undefined>, sentence: string][] = [
    [{ latitude: undefined }, 'latitude is missing'],
    [{ latitude: 'null' }, 'latitude is missing'],
    [{ speed: '"fast"' }, 'speed is text where a number is needed: "fast"'],
    [{ longitude: '"104.06"' }, 'longitude is text where a number is needed: "104.06"'],
    [{ heading: '[90]' }, 'heading is a list where a number is needed: [90]'],
    [{ heading: '{"degrees":90}' }, 'heading is an object where a number is needed: {"degrees":90}'],
    [{ speed: 'false' }, 'speed is false where a number is needed'],
    [{ vehicle_type: '7' }, 'vehicle_type is a number where text is needed: 7'],
    [{ vehicle_type: '"\\u00a0"' }, 'vehicle_type is empty'],
    [{ vehicle_id: '""' }, 'vehicle_id is empty'],
    [{ vehicle_id: '"\\ud800"' }, 'vehicle_id is not Unicode: it has half of a character'],
    [{ vehicle_id: `"${'é'.repeat(128)}"` }, 'vehicle_id takes 256 bytes of UTF-8, 255 are the most'],
    [
      { vehicle_id: '3.58899E+14' },
      'vehicle_id is the number 3.58899E+14, not a whole one in digits alone: send it as text',
    ],
    [{ vehicle_id: '7.0' }, 'vehicle_id is the number 7.0, not a whole one in digits alone: send it as text'],
    [
      { event_time: '1767600000' },
      'event_time is a number where a time such as "2026-01-05T08:00:00Z" is needed: 1767600000',
    ],
    [
      { event_time: '"2026-01-05T08:00:00"' },
      'event_time has no offset from UTC, such as Z or +02:00: "2026-01-05T08:00:00"',
    ],
    [{ event_time: '"soon"' }, 'event_time is not a time such as "2026-01-05T08:00:00Z": "soon"'],
    [
      { event_time: '"2026-02-30T08:00:00Z"' },
      'event_time is not a time such as "2026-01-05T08:00:00Z": "2026-02-30T08:00:00Z"',
    ],
    [
      { latitude: undefined, speed: '"fast"', heading: '"north"' },
      'latitude is missing; speed is text where a number is needed: "fast"; heading is text where a number is needed: "north"',
    ],
    [
      {
        vehicle_id: undefined,
        vehicle_type: undefined,
        event_time: undefined,
        longitude: undefined,
        latitude: undefined,
      },
      'vehicle_id is missing; vehicle_type is missing; event_time is missing; 2 more',
    ],
  ]
  for (const [members, sentence] of cases) expect(refusalWith(members)).toBe(sentence)
  expect(refusalWith({ latitude: JSON.stringify('9'.repeat(10_000)) })!.length).toBeLessThan(120)
})

test('what is no JSON object of UTF-8 is told as what it is', () => {
  const reasonOf = (payload: Uint8Array): string | undefined => decodeMove(payload, 'application/json').reason
  const utf8 = new TextEncoder()
  expect(reasonOf(new Uint8Array(0))).toBe('the JSON is not a position: the message is empty')
  expect(reasonOf(Uint8Array.of(0x7b, 0xff))).toBe('the JSON is not a position: it is not UTF-8')
  expect(['[1]', '"x"', '7', 'null', 'true'].map((json) => reasonOf(utf8.encode(json)))).toEqual(
    ['a list', 'text', 'a number', 'null', 'true'].map(
      (kind) => `the JSON is not a position: it is ${kind}, where an object with the members of one position is needed`,
    ),
  )
  expect(reasonOf(utf8.encode('vehicle 7'))).toMatch(/^the JSON is not a position: Unexpected token/)
})

test('values that can’t be true are no faults of the message: the rules of all intakes decide them', () => {
  for (const members of [
    { speed: '-1', heading: '511' },
    { speed: '1e400', heading: 'null' },
    { longitude: '181' },
    { latitude: '1e300' },
    { vehicle_id: '" v\\u2003"' },
  ])
    expect(refusalWith(members)).toBeUndefined()
})

test('ids that are numbers are their digits, so that no two beyond 2^53 are one', () => {
  const idOf = (json: string): unknown => {
    const text = `{"a":{"vehicle_id":5},${JSON.stringify({ ...POSITION, vehicle_id: 0 })
      .slice(1)
      .replace(':0', `:${json}`)}`
    return rowsOfPositions(decodeMove(new TextEncoder().encode(text), 'application/json').rows!)[0].vehicleId
  }
  const ids = ['7', '-3', '358899051234567', '9007199254740992', '9007199254740993', '1152921504606846977']
  expect(ids.map(idOf)).toEqual(ids)
})

test('whatever the documented form takes is taken, and nothing that lacks a member', () => {
  const { vehicle_id, vehicle_type, event_time, longitude, latitude, ...optional } = jsonMove.shape
  const value = fc.oneof(
    fc.constantFrom(
      'v',
      ' v ',
      '',
      'é'.repeat(127),
      'é'.repeat(128),
      '2026-01-05T08:00:00+02:00',
      '2026-01-05T08:00Z',
      '2026-01-05',
      'null',
    ),
    fc.jsonValue({ maxDepth: 1 }),
  )
  const needed = { vehicle_id, vehicle_type, event_time, longitude, latitude }
  const all = { ...needed, ...optional }
  let taken = 0
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(all)), value, (name, json) => {
      const isDocumented = all[name as keyof typeof all].safeParse(json).success
      const isTaken = refusalWith({ [name]: JSON.stringify(json) }) === undefined
      // A number as an id, blanks around texts and numbers that no vehicle has are taken beside.
      if (isDocumented && !(typeof json === 'string' && json.trim() === '')) expect(isTaken).toBe(true)
      if (isTaken && typeof json !== 'number' && typeof json !== 'string') expect(isDocumented).toBe(true)
      taken += isTaken ? 1 : 0
    }),
    { numRuns: 1_000 },
  )
  expect(taken).toBeGreaterThan(50)
  for (const name of Object.keys(needed)) expect(refusalWith({ [name]: undefined })).toBe(`${name} is missing`)
})
