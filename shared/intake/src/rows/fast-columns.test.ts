import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FieldPlan, PlannedField } from '../fields/plan.ts'
import { type Block, type Field, START } from '../formats/block.ts'
import { takeBlock } from '../testing/take-block.ts'
import { type InputReading, inputReadingOf } from './input-reading.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')
const ROWS = 12

const utf8 = new TextEncoder()

/** Texts side by side, with other bytes between them. */
const textField = (texts: readonly (string | undefined)[]): Field => {
  const parts = texts.map((text) => utf8.encode(text ?? ''))
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length + 1, 0)).fill(0x39)
  const [starts, ends] = [new Int32Array(texts.length), new Int32Array(texts.length)]
  let at = 0
  for (const [i, part] of parts.entries()) {
    bytes.set(part, at)
    starts[i] = texts[i] === undefined ? -1 : at
    ends[i] = texts[i] === undefined ? -1 : at + part.length
    at += part.length + 1
  }
  return { kind: 'text', bytes, starts, ends }
}

/** Fields of the same bytes, as those of delimited text are. */
const besideEachOther = (fields: readonly Field[]): readonly Field[] => {
  const texts = fields.filter((field) => field.kind === 'text')
  const bytes = Buffer.concat(texts.map((field) => field.bytes))
  let at = 0
  return fields.map((field) => {
    if (field.kind !== 'text') return field
    const shift = (place: number): number => (place < 0 ? -1 : place + before)
    const before = at
    at += field.bytes.length
    return { ...field, bytes, starts: field.starts.map(shift), ends: field.ends.map(shift) }
  })
}

/** Values as most rows of a file have them, and others. */
const some = <Value>(usual: readonly Value[], others: readonly Value[]): fc.Arbitrary<readonly Value[]> =>
  fc.array(
    fc.oneof(
      { weight: 40, arbitrary: fc.constantFrom(...usual) },
      { weight: 1, arbitrary: fc.constantFrom(...others) },
    ),
    { minLength: ROWS, maxLength: ROWS },
  )

type Texts = readonly (string | undefined)[]
type Numbers = readonly number[]

const NONE: Texts = [undefined, '', 'NA', 'null', '-', '–', String.raw`\N`, 'unknown to all']
const OTHERS = [null, undefined, true, 12n, {}, [1], 2n ** 70n, '\uD800', 'é'] as const

const asText = (usual: Texts, others: Texts): fc.Arbitrary<Field> => some(usual, [...others, ...NONE]).map(textField)
const asNumbers = (usual: Numbers, others: Numbers): fc.Arbitrary<Field> =>
  fc.oneof(
    some(usual, [...others, NaN]).map((all): Field => ({ kind: 'number', values: Float64Array.from(all) })),
    some(usual, [...others, NaN]).map((all): Field => ({ kind: 'number', values: Float32Array.from(all) })),
  )
const asInstants = (usual: Numbers, others: Numbers): fc.Arbitrary<Field> =>
  some(usual, [...others, NaN]).map((all): Field => ({ kind: 'instant', values: Float64Array.from(all) }))
const asValues = (usual: readonly unknown[], others: readonly unknown[]): fc.Arbitrary<Field> =>
  some(usual, [...others, ...OTHERS]).map((all): Field => ({ kind: 'value', values: all }))

const MARKED = [
  '5.0 kn',
  '+7',
  ' 7',
  '1e3',
  '7,5',
  '1.234,5',
  '.5',
  '5.',
  '0x10',
  '123456789012345678',
  '1e-5',
] as const
const TYPED = [-1, 0, -0, 1e300, Infinity, 360, 511, 181, 91, 102.3, 102.34, 4807.038, 1e-7] as const

const number = fc.oneof(
  asText(['12.5', '7', '102.3', '511', '-0'], [...MARKED, '-1', '2000', '102.34', '360']),
  asNumbers([12.5, 7, 102.3, 511], TYPED),
  asValues([12.5, 7, '12.5'], [...TYPED, ...MARKED]),
)
const whole = fc.oneof(asText(['5', '7'], MARKED), asNumbers([5, 7], TYPED), asValues([5, 7], TYPED))
const angle = (usual: Numbers): fc.Arbitrary<Field> =>
  fc.oneof(
    asText(usual.map(String), [...MARKED, '104.1E', '-7.5', '30.6N', '0', '30.60000049', '4807.038']),
    asNumbers(usual, TYPED),
    asValues([...usual, ...usual.map(String)], TYPED),
  )
const side = (letters: readonly string[]): fc.Arbitrary<Field> =>
  fc.oneof(asText(letters, ['north', 'x', ' W', 'e.']), asValues(letters, [1]))
const id = fc.oneof(
  asText(['a', 'v-17', '357', '12.0'], [' a', '3.58899E+14', 'é', '\uFFFD', 'x'.repeat(300)]),
  asNumbers([1, 7, 357_000_000_000_000], [1.5, 2 ** 53, -0, Infinity, 1e21]),
  asValues(['a', '7', 7, 7n], [2n ** 60n, 1.5, 2 ** 60]),
)
const type = fc.oneof(
  asText(['taxi', 'truck', 'NA'], [' taxi ', 'ünder', '\uFFFD', 't'.repeat(80)]),
  asNumbers([70], [3.5]),
  asValues(['taxi', 70], []),
)

const WALL_CLOCKS = ['2026-11-01 08:01', '2026-11-01T08:00:09.25']
/** Times that clocks pass twice, or never; days that are none; times that are not believed. */
const ODD_TIMES = [
  '2026-10-25 02:30:00',
  '2026-03-29 02:30:00',
  '2026-02-30T08:00:00Z',
  '2030-01-01T00:00:00Z',
  '1970-01-01T00:00:01Z',
  '2006-11-01T08:00:00Z',
  '2026-11-01',
  'soon',
]
const INSTANTS = ['2026-11-01T08:00:00Z', '2026-11-01 08:00:05+01:00', '2026-11-01T08:00:09.25Z']
const isoTime = (usual: readonly string[]): fc.Arbitrary<Field> =>
  fc.oneof(
    { weight: 5, arbitrary: asText(usual, ODD_TIMES) },
    { weight: 5, arbitrary: asValues(usual, [5, ...ODD_TIMES]) },
    asNumbers([1], []),
  )
const NUMBER_TIMES = {
  s: [1_793_500_000, 1_793_500_000.123_4],
  ms: [1_793_500_000_000, 1_793_500_000_000.5],
  us: [1_793_500_000_000_000],
  ns: [1_793_500_000_000_000_000],
  'days-1899': [46_327.3],
  'gps-s': [1_470_000_000],
  digits: [20_261_101],
} as const
type Unit = keyof typeof NUMBER_TIMES
const numberTime = (unit: Unit): fc.Arbitrary<Field> => {
  const usual = NUMBER_TIMES[unit]
  const integers = usual.filter(Number.isInteger)
  const others = [...Object.values(NUMBER_TIMES).flat(), -5, Infinity, 1e300]
  return fc.oneof(
    asText(
      [...usual.map(String), ...integers.map((value) => String(BigInt(value) + 123n))],
      [...others.map(String), '+5'],
    ),
    asNumbers(usual, others),
    asValues([...usual, ...usual.map(String), ...integers.map(BigInt)], others),
  )
}
const PATTERN = 'DD/MM/YYYY HH:mm:ss'
const patternTime = asText(
  ['01/11/2026 08:00:00', '1/11/2026 8:00:05', '01/11/2026 08:00:00.5'],
  ['31/02/2026 08:00:00', '25/10/2026 02:30:00', '01/11/2026  08:00:00', '1/11/26 08:00:00', 'soon'],
)
const day = fc.oneof(
  { weight: 4, arbitrary: asText(['2026-11-01', '2026-11-02'], ['46327']) },
  asInstants([1_793_491_200_000], []),
)
const clock = fc.oneof(
  { weight: 4, arbitrary: asText(['08:00:00', '08:00:05Z'], ['8:01', '0.5']) },
  asNumbers([0.5], []),
)
const truth = fc.oneof(asText(['true', 'FALSE', 'on', '0'], ['maybe']), asValues([true, false], ['on']))
const text = fc.oneof(
  asText(['d-1', 'ünder', ''], ['t'.repeat(5_000), '\uFFFD']),
  asNumbers([5], [1.5]),
  asValues(['d-1', 5], []),
)

interface Time {
  readonly reading: FieldPlan['time']
  readonly fields: readonly Field[]
  readonly isInTwo?: boolean
}

/** A way to read the time, and its fields. */
const time: fc.Arbitrary<Time> = fc.oneof(
  fc.record({
    reading: fc.constant({ kind: 'iso' as const, zone: 'Europe/Paris' }),
    fields: fc.tuple(isoTime([...INSTANTS, ...WALL_CLOCKS])),
  }),
  fc.record({
    reading: fc.constant({ kind: 'iso' as const, zone: undefined }),
    fields: fc.tuple(isoTime(INSTANTS), isoTime([...INSTANTS, ...WALL_CLOCKS])),
  }),
  fc.constantFrom(...(Object.keys(NUMBER_TIMES) as Unit[])).chain((unit) =>
    fc.record({
      reading: fc.record({
        kind: fc.constant('number' as const),
        unit: fc.constant(unit),
        zone: fc.constantFrom(undefined, 'Asia/Shanghai'),
      }),
      fields: fc.tuple(numberTime(unit)),
    }),
  ),
  fc.record({
    reading: fc.constant({ kind: 'instant' as const }),
    fields: fc.tuple(fc.oneof(asInstants([1_793_500_000_123.5], [Infinity, -1]), asNumbers([1_793_500_000_000], [-1]))),
  }),
  fc.record({
    reading: fc.constant({ kind: 'pattern' as const, pattern: PATTERN, zone: 'Europe/Paris' }),
    fields: fc.tuple(patternTime),
  }),
  fc.record({
    reading: fc.constant({ kind: 'iso' as const, zone: 'Europe/Paris' }),
    fields: fc.tuple(day, clock),
    isInTwo: fc.constant(true),
  }),
)

interface Axis {
  readonly fields: readonly Field[]
  readonly kind: 'degrees' | 'minutes'
  readonly side?: Field
}

const several = (one: fc.Arbitrary<Field>, least = 0): fc.Arbitrary<readonly Field[]> =>
  fc.array(one, { minLength: least, maxLength: 2 })
const axis = (letters: readonly string[]): fc.Arbitrary<Axis> =>
  fc.oneof(
    fc.record({ fields: several(angle([64.1, -7.5, 8.25]), 1), kind: fc.constant('degrees' as const) }),
    fc.record({
      fields: several(angle([64.1, 7.5]), 1),
      kind: fc.constant('degrees' as const),
      side: side(letters),
    }),
    fc.record({
      fields: several(angle([4_807.038, 733.25]), 1),
      kind: fc.constant('minutes' as const),
      side: side(letters),
    }),
  )

const input = fc.record({
  id: fc.oneof(several(id, 1), fc.constant('one')),
  type: several(type),
  time,
  longitude: axis(['E', 'W', 'e']),
  latitude: axis(['N', 'S', 's']),
  speed: several(number),
  speedUnit: fc.constantFrom(undefined, 'km/h', 'kn'),
  heading: several(number),
  headingUnit: fc.constantFrom(undefined, 'rad'),
  measures: fc.record(
    {
      temperature: number,
      odometer: number,
      ignition: truth,
      driver_id: text,
      revision: whole,
      doors: truth,
      note: text,
    },
    { requiredKeys: [] },
  ),
  decimal: fc.constantFrom('.' as const, '.' as const, ',' as const),
  isAis: fc.boolean(),
  isBeside: fc.constantFrom(true, true, true, false),
})

const TYPES = { ignition: 'boolean', driver_id: 'string', revision: 'long', doors: 'boolean', note: 'string' } as const
const UNITS: Readonly<Record<string, string>> = { temperature: '°F', odometer: 'km' }

interface Made {
  readonly block: Block
  readonly plan: FieldPlan
}

/** The block and the plan of an input; each field is named after its column and its place. */
const make = (of: typeof input extends fc.Arbitrary<infer Input> ? Input : never): Made => {
  const names: string[] = []
  const given: Field[] = []
  const planned: PlannedField[] = []
  const add = (name: string, fields: readonly Field[], more: Partial<PlannedField> = {}): void => {
    const sources = fields.map((_, i) => `${name} ${i}`)
    names.push(...sources)
    given.push(...fields)
    if (fields.length > 0) planned.push({ name, sources, by: 'asked', ...more })
  }
  const sideOf = (name: string, field: Field | undefined): string | undefined => {
    if (field === undefined) return undefined
    names.push(name)
    given.push(field)
    return name
  }
  const vehicleId = typeof of.id === 'string' ? of.id : undefined
  if (typeof of.id !== 'string') add('vehicle_id', of.id)
  add('vehicle_type', of.type)
  add('event_time', of.time.fields)
  add('longitude', of.longitude.fields)
  add('latitude', of.latitude.fields)
  add('speed', of.speed, { unit: of.speedUnit })
  add('heading', of.heading, { unit: of.headingUnit })
  for (const [name, field] of Object.entries(of.measures))
    add(name, [field], { type: TYPES[name as keyof typeof TYPES] ?? 'double', unit: UNITS[name] })
  const plan: FieldPlan = {
    fields: planned,
    time: of.time.reading,
    isTimeInTwo: 'isInTwo' in of.time,
    longitude: { kind: of.longitude.kind, hemisphere: sideOf('x side', of.longitude.side) },
    latitude: { kind: of.latitude.kind, hemisphere: sideOf('y side', of.latitude.side) },
    decimal: of.decimal,
    isAis: of.isAis,
    vehicleId,
    vehicleType: undefined,
    sampled: { from: Date.parse('2026-11-01T07:00:00Z'), to: Date.parse('2026-11-01T09:00:00Z') },
    notes: [],
  }
  const block: Block = {
    names,
    fields: of.isBeside ? besideEachOther(given) : given,
    rows: ROWS,
    places: Int32Array.from({ length: ROWS }, (_, i) => i + 1),
    textOf: String,
    faults: [],
    from: START,
    next: { at: ROWS, place: ROWS + 1 },
  }
  return { block, plan }
}

/** @param onSlow told of each row that is read in the slow way */
const watched = (reading: InputReading, onSlow: () => void): InputReading => ({
  ...reading,
  scalars: {
    ...reading.scalars,
    read: (value) => {
      onSlow()
      return reading.scalars.read(value)
    },
  },
})

test('the fast way takes of rows of any types what the slow way takes, or leaves them to that', () => {
  let [all, slow] = [0, 0]
  fc.assert(
    fc.property(input, (of) => {
      const { block, plan } = make(of)
      const quick = watched(inputReadingOf(plan), () => slow++)
      const reference = { ...inputReadingOf(plan), columns: undefined }
      all += block.rows
      expect(takeBlock(block, quick, { latestMs: NOW })).toEqual(takeBlock(block, reference, { latestMs: NOW }))
      expect(quick.scalars.ambiguousTimes()).toBe(reference.scalars.ambiguousTimes())
    }),
    { numRuns: 1_500 },
  )
  // Both ways were taken.
  expect(slow).toBeGreaterThan(all / 20)
  expect(slow).toBeLessThan(all - all / 20)
})

const each = <Value>(value: Value | undefined): (Value | undefined)[] => Array.from({ length: ROWS }, () => value)
const texts = (value?: string): Field => textField(each(value))
const numbers = (value: number): Field => ({ kind: 'number', values: Float64Array.from(each(value) as number[]) })
const values = (value: unknown): Field => ({ kind: 'value', values: each(value) })

/** Rows as files have them. */
const usual: Parameters<typeof make>[0] = {
  id: [texts('v-17')],
  type: [texts('taxi')],
  time: { reading: { kind: 'iso', zone: undefined }, fields: [texts('2026-11-01T08:00:00Z')] },
  longitude: { fields: [texts('104.123456')], kind: 'degrees' },
  latitude: { fields: [texts('-30.5')], kind: 'degrees' },
  speed: [texts('12.5')],
  speedUnit: 'km/h',
  heading: [texts('271')],
  headingUnit: undefined,
  measures: {},
  decimal: '.',
  isAis: false,
  isBeside: true,
}
const timeOf = (reading: FieldPlan['time'], ...fields: Field[]): (typeof usual)['time'] =>
  ({ reading, fields }) as never

test.each<[title: string, of: Partial<typeof usual>]>([
  ['texts', {}],
  ['an id for all', { id: 'one' }],
  ['ids that are numbers', { id: [numbers(357_000_000_000_000)] }],
  ['ids beyond 2^53', { id: [values(9_007_199_254_740_993n)] }],
  [
    'values that are texts',
    {
      id: [values('v-17')],
      type: [values('taxi')],
      time: timeOf({ kind: 'iso', zone: undefined }, values('2026-11-01T08:00:00Z')),
    },
  ],
  ['no types, speeds and headings', { type: [], speed: [], heading: [] }],
  ['words for none', { type: [texts('NA')], speed: [texts('NA')], heading: [texts(String.raw`\N`)] }],
  [
    'two speeds and two headings, the first of AIS',
    { isAis: true, speed: [texts('102.3'), texts('7')], heading: [numbers(511), texts('271')] },
  ],
  [
    'a decimal comma',
    {
      decimal: ',',
      latitude: { fields: [texts('-30,5')], kind: 'degrees' },
      longitude: { fields: [texts('104,123456')], kind: 'degrees' },
      speed: [texts('12,5')],
    },
  ],
  [
    'hemispheres',
    {
      longitude: { fields: [texts('104.1')], kind: 'degrees', side: texts('w') },
      latitude: { fields: [numbers(30.5)], kind: 'degrees', side: texts('S') },
    },
  ],
  ['degrees and minutes', { longitude: { fields: [texts('10407.5')], kind: 'minutes', side: texts('E') } }],
  ['a zone', { time: timeOf({ kind: 'iso', zone: 'Asia/Shanghai' }, texts('2026-11-01 08:00:00')) }],
  [
    'a date and a time',
    {
      time: { ...timeOf({ kind: 'iso', zone: 'UTC' }, texts('2026-11-01'), texts('08:00:00')), isInTwo: true } as never,
    },
  ],
  [
    'a pattern',
    { time: timeOf({ kind: 'pattern', pattern: PATTERN, zone: 'Europe/Paris' }, texts('1/11/2026 08:00:00')) },
  ],
  [
    'instants',
    { time: timeOf({ kind: 'instant' }, { kind: 'instant', values: new Float64Array(ROWS).fill(1.7935e12) }) },
  ],
  ...(['1793500000', '1793500000.25', '1793500000000', '1793500000000000', '1793500000000000000'] as const).map(
    (seconds, i): [string, Partial<typeof usual>] => [
      `times ${seconds}`,
      {
        time: timeOf(
          { kind: 'number', unit: (['s', 's', 'ms', 'us', 'ns'] as const)[i], zone: undefined },
          texts(seconds),
        ),
      },
    ],
  ),
  ['days of a sheet', { time: timeOf({ kind: 'number', unit: 'days-1899', zone: 'UTC' }, numbers(46_327.25)) }],
  [
    'measures',
    {
      measures: {
        temperature: texts('5.5'),
        odometer: numbers(12),
        ignition: texts('on'),
        driver_id: texts('d-1'),
        revision: numbers(7),
        doors: values(true),
        note: texts(''),
      },
    },
  ],
])('of usual rows none needs the slow way: %s', (_, of) => {
  const { block, plan } = make({ ...usual, ...of })
  let slow = 0
  const { taken } = takeBlock(
    block,
    watched(inputReadingOf(plan), () => slow++),
    { latestMs: NOW },
  )
  expect([taken.length, slow]).toEqual([ROWS, 0])
})
