import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_MEASURES, MEASURE_TYPES, type MeasureSpec } from '../measures.ts'
import { fitMeasures, fitsMeasure, measureTextFaultsOf } from './fit-measures.ts'
import { type MeasureColumn, measureOfValues, measureValue } from './measure-columns.ts'

type Value = string | number | boolean | null

const NAMES = ['a', 'b', 'attributes']
const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0.5, -0, 2 ** 31, -(2 ** 31), 2 ** 60, 1e300, Infinity, -Infinity),
)
const texts = fc.oneof(
  fc.constantFrom(
    '',
    'x',
    '[1]',
    '5',
    '{"a":1}',
    '{"a":1,"a_":"é"} ',
    '{ }',
    '{"attributes":2}',
    '{"a":12345678901234567890}',
  ),
  fc.string({ maxLength: 5 }),
)
const valueOf = { double: number, long: fc.integer(), boolean: fc.boolean(), string: texts }
const sentType = fc.constantFrom('double' as const, 'long' as const, 'boolean' as const, 'string' as const)

const column = (length: number): fc.Arbitrary<MeasureColumn> =>
  fc
    .tuple(fc.constantFrom(...NAMES), sentType)
    .chain(([name, type]) =>
      fc
        .array(fc.option(valueOf[type] as fc.Arbitrary<Value>, { freq: 3 }), { minLength: length, maxLength: length })
        .map((values) => measureOfValues({ name, type }, values)),
    )

const message = fc
  .integer({ min: 1, max: 6 })
  .chain((length) => fc.array(column(length), { maxLength: 3 }).map((measures) => ({ length, measures })))
  // Names come twice where they must not; what is merged is one.
  .filter(({ measures }) => measures.filter(({ spec }) => spec.name === 'attributes').length < 2)

const tables: fc.Arbitrary<MeasureSpec[]> = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('a', 'b', 'c'), type: fc.constantFrom(...MEASURE_TYPES) }),
  { selector: ({ name }) => name },
)

const attributesAt = (measures: readonly MeasureColumn[], row: number): string | undefined => {
  const found = measures.find(({ spec }) => spec.name === 'attributes')
  return found === undefined ? undefined : ((measureValue(found, row) as string | null) ?? undefined)
}

/** What an attribute must be to say the value; infinite numbers are texts. */
const said = (value: string | number | boolean): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value

test('for any rows and any table every value is found, in its column if it fits that, else in the attributes', () => {
  fc.assert(
    fc.property(message, tables, ({ length, measures }, columns) => {
      const fitted = fitMeasures({ length, measures }, { measures: columns })
      expect(fitted.faults).toBeUndefined()
      const names = fitted.measures.map(({ spec }) => spec.name)
      expect(new Set(names).size).toBe(names.length)
      for (const { spec } of fitted.measures) {
        if (spec.name !== 'attributes') expect(columns).toContainEqual(spec)
      }
      for (let row = 0; row < length; row++) {
        const values = measures.flatMap((each) => {
          const value = measureValue(each, row)
          return value === null ? [] : [{ name: each.spec.name, value }]
        })
        const inColumns = fitted.measures.flatMap((each) => {
          const value = measureValue(each, row)
          return value === null || each.spec.name === 'attributes' ? [] : [{ spec: each.spec, value }]
        })
        const attributes = attributesAt(fitted.measures, row)
        const object = JSON.parse(attributes ?? '{}') as Record<string, unknown>
        const members = Object.values(object)
        // What a value is found in is gone for the next one: two equal values need two places.
        for (const { name, value } of values) {
          const at = inColumns.findIndex(
            ({ spec, value: kept }) =>
              spec.name === name &&
              fitsMeasure(value, spec.type) &&
              Object.is(kept, spec.type === 'float' ? Math.fround(value as number) : value),
          )
          if (at >= 0) inColumns.splice(at, 1)
          else if (name === 'attributes' && isObject(value)) {
            // Its members, to the letter.
            expect(attributes).toContain(inner(value as string))
            for (const member of Object.values(JSON.parse(value as string) as object)) {
              members.splice(
                members.findIndex((each) => Object.is(each, member)),
                1,
              )
            }
          } else {
            const member = members.findIndex((each) => Object.is(each, said(value)))
            expect(member, `${name} ${String(value)} in ${attributes}`).toBeGreaterThanOrEqual(0)
            members.splice(member, 1)
          }
        }
        // Nothing is made up.
        expect(inColumns).toEqual([])
        expect(members).toEqual([])
      }
    }),
    { numRuns: 2_000 },
  )
})

const isObject = (value: unknown): boolean => {
  try {
    const object: unknown = JSON.parse(String(value))
    return typeof value === 'string' && typeof object === 'object' && object !== null && !Array.isArray(object)
  } catch {
    return false
  }
}
const inner = (object: string): string => object.trim().slice(1, -1).trim()

const one = (name: string, type: MeasureSpec['type'], ...values: Value[]): MeasureColumn =>
  measureOfValues({ name, type }, values)

test('attributes that are a JSON object stay as they are, to the letter, and more is added at their end', () => {
  const own = '{"n": 12345678901234567890, "temperature": 3} '
  const of = (measures: MeasureColumn[], columns: MeasureSpec[] = []): string | undefined =>
    attributesAt(fitMeasures({ length: 1, measures }, { measures: columns }).measures, 0)
  expect(of([one('attributes', 'string', own)])).toBe(own)
  expect(of([one('attributes', 'string', own), one('temperature', 'string', 'hot')])).toBe(
    '{"n": 12345678901234567890, "temperature": 3,"temperature_":"hot"}',
  )
  expect(of([one('attributes', 'string', 'a text'), one('doors', 'long', 2)])).toBe('{"attributes":"a text","doors":2}')
  expect(of([one('doors', 'long', 2)], [{ name: 'doors', type: 'int' }])).toBeUndefined()
  expect(of([one('doors', 'double', 2.5)], [{ name: 'doors', type: 'int' }])).toBe('{"doors":2.5}')
})

test('a row whose texts or attributes are too long can’t be kept, the others of its message can', () => {
  const faultsOf = (measures: MeasureColumn[], columns: MeasureSpec[] = []): unknown =>
    fitMeasures({ length: 2, measures }, { measures: columns }).faults
  const long = 'é'.repeat(2_049)
  expect(faultsOf([one('note', 'string', 'x', long)])).toEqual([undefined, 'measure-text-too-long'])
  expect(measureTextFaultsOf({ length: 2, measures: [one('note', 'string', 'x', long)] })).toEqual([
    undefined,
    'measure-text-too-long',
  ])
  expect(faultsOf([one('note', 'string', 'x', 'é'.repeat(2_048))])).toBeUndefined()
  const object = `{"a":"${'x'.repeat(16_384 - 8)}"}`
  expect(faultsOf([one('attributes', 'string', '{}', object)])).toBeUndefined()
  expect(faultsOf([one('attributes', 'string', '{}', `${object} `)])).toEqual([undefined, 'attributes-too-long'])
  expect(faultsOf([one('attributes', 'string', '{}', object), one('b', 'boolean', true, true)])).toEqual([
    undefined,
    'attributes-too-long',
  ])
  const three = ['a', 'b', 'c', 'd', 'e'].map((name) => one(name, 'string', 'x', 'y'.repeat(4_000)))
  expect(faultsOf(three)).toEqual([undefined, 'attributes-too-long'])
  expect(faultsOf(three, [{ name: 'c', type: 'string' }])).toBeUndefined()
})

test('a table that can have no attributes refuses what has no column, and nothing else', () => {
  const measures = [one('a', 'double', 1, null), one('c0', 'boolean', true, true)]
  const full = Array.from({ length: MAX_MEASURES }, (_, i): MeasureSpec => ({ name: `c${i}`, type: 'boolean' }))
  expect(fitMeasures({ length: 2, measures }, { measures: full }).faults).toEqual([
    'no-place-for-attributes',
    undefined,
  ])
  const none = ['no-place-for-attributes', 'no-place-for-attributes']
  const other = [{ measures: [one('attributes', 'double', 1).spec] }, { measures: [], otherColumns: ['Attributes'] }]
  for (const table of other) expect(fitMeasures({ length: 2, measures }, table).faults).toEqual(none)
})

test('a table gets a column for sources as long as one for attributes still has room, and none for what is no text', () => {
  const columns = (count: number): MeasureSpec[] =>
    Array.from({ length: count }, (_, i): MeasureSpec => ({ name: `c${i}`, type: 'boolean' }))
  const names = (value: string | number, measures: readonly MeasureSpec[], otherColumns: readonly string[] = []) => {
    const sent = [one('source', typeof value === 'string' ? 'string' : 'double', value)]
    const fitted = fitMeasures({ length: 1, measures: sent }, { measures, otherColumns })
    return [fitted.faults, ...fitted.measures.map(({ spec }) => spec.name)]
  }
  expect(names('GPS', [])).toEqual([undefined, 'source'])
  expect(names('GPS', columns(MAX_MEASURES - 2))).toEqual([undefined, 'source'])
  expect(names('GPS', columns(MAX_MEASURES - 1))).toEqual([undefined, 'attributes'])
  expect(names('GPS', [{ name: 'source', type: 'long' }])).toEqual([undefined, 'attributes'])
  expect(names('GPS', [], ['Source'])).toEqual([undefined, 'attributes'])
  expect(names(7, [])).toEqual([undefined, 'attributes'])
})

test('a text that many rows name is not written out for more of them than fit into memory', () => {
  const rows = 20_000
  const text = measureOfValues({ name: 'a', type: 'string' }, Array<string>(rows).fill('x'.repeat(4_000)))
  const { faults, measures } = fitMeasures({ length: rows, measures: [text] }, { measures: [] })
  const kept = faults?.filter((fault) => fault === undefined).length
  expect(kept).toBe(Math.floor((32 * 1024 * 1024) / 4_008))
  expect(measures[0]).toMatchObject({ spec: { name: 'attributes' } })
})
