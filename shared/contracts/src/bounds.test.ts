import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { configSchema } from './config.ts'
import { instant, LONGEST_TIMER_MS, MOST, timer } from './fields.ts'
import { jsonMove, messages } from './messages.ts'
import { type JsonSchema, jsonSchemaOf } from './reference/describe-schema.ts'

/** Bounds that are not chosen: zod bounds whole numbers by those that are exact, and other numbers not at all. */
const isChosen = (bound: number | undefined): boolean => bound !== undefined && Math.abs(bound) <= MOST

/** What of a schema has no bound, by its path. */
const unboundedOf = (schema: JsonSchema, at: string): string[] => {
  const { type, properties, items, anyOf } = schema
  if (schema.enum !== undefined || type === 'boolean' || type === 'null') return []
  if (anyOf !== undefined) return anyOf.flatMap((each) => unboundedOf(each, at))
  switch (type) {
    case 'number':
    case 'integer':
      return isChosen(schema.minimum ?? schema.exclusiveMinimum) && isChosen(schema.maximum) ? [] : [`${at}: number`]
    case 'string':
      return schema.maxLength === undefined ? [`${at}: text`] : []
    case 'array':
      return [...(schema.maxItems === undefined ? [`${at}: list`] : []), ...unboundedOf(items ?? {}, `${at}[]`)]
    case 'object':
      return Object.entries(properties ?? {}).flatMap(([key, field]) => unboundedOf(field, `${at}.${key}`))
    default:
      return [`${at}: anything`]
  }
}

test('every number, text and list of every message has bounds, but for an area, whose vertices are counted', () => {
  const json = Object.entries(messages).filter(([, { content }]) => content === 'json')
  expect(json.length).toBeGreaterThan(10)
  const unbounded = [
    ...json.flatMap(([name, { data }]) => unboundedOf(jsonSchemaOf(data), name)),
    ...unboundedOf(jsonSchemaOf(jsonMove), 'jsonMove'),
  ]
  expect(unbounded).toEqual([
    'vehicleQuery.area: anything',
    'latestQuery.area: anything',
    'vehicleQueryPartition.area: anything',
    'areaAnswer.areas[].geometry: anything',
  ])
})

test('every number of the configuration has bounds', () => {
  // As it is read: durations and sizes may be written as texts.
  const schema = z.toJSONSchema(configSchema, { io: 'output', unrepresentable: 'any', target: 'draft-7' }) as JsonSchema
  const unbounded = unboundedOf(schema, 'config')
  expect(unbounded.filter((each) => /(number|anything)$/.test(each))).toEqual([])
})

test('an instant is one that a date can be made of', () => {
  const number = fc.integer({ min: 0, max: 99 }).map((value) => String(value).padStart(2, '0'))
  const zone = fc.oneof(
    fc.constant('Z'),
    fc.tuple(fc.constantFrom('+', '-'), number, number).map(([s, h, m]) => `${s}${h}:${m}`),
  )
  const written = fc
    .tuple(fc.integer({ min: 0, max: 9_999 }), number, number, number, number, number, zone)
    .map(([year, ...[month, day, hour, minute, second, offset]]) => {
      return `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}${offset}`
    })
  let taken = 0
  fc.assert(
    fc.property(written, (text) => {
      if (!instant.safeParse(text).success) return
      taken++
      expect(Number.isFinite(Date.parse(text))).toBe(true)
    }),
    { numRuns: 20_000, examples: ['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+23:59'].map((text) => [text]) },
  )
  expect(taken).toBeGreaterThan(1)
})

test('a timer is never asked for more than it can wait', () => {
  expect(timer.safeParse(LONGEST_TIMER_MS).success).toBe(true)
  expect([timer.safeParse(LONGEST_TIMER_MS + 1).success, timer.safeParse('25 d').success]).toEqual([false, false])
})
