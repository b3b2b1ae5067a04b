import fc from 'fast-check'
import { MEASURE_TYPES, type MeasureSpec, type MeasureType } from '../measures.ts'
import { type MeasureColumn, measureOfValues } from '../rows/measure-columns.ts'

/** For tests: measures of every type, with and without values. */

type Value = string | number | boolean

const VALUES: Readonly<Record<MeasureType, fc.Arbitrary<Value>>> = {
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  float: fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  long: fc.maxSafeInteger().map((value) => value + 0),
  int: fc.integer(),
  string: fc.oneof(
    fc.constantFrom('', 'a', 'ü', 'true', '7', '{"a":1}', 'x'.repeat(300)),
    fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => text.isWellFormed() && !text.includes('\0')),
  ),
  boolean: fc.boolean(),
}

/** A measure, and its values, one a row. */
export interface MeasureSample {
  readonly spec: MeasureSpec
  readonly values: readonly (Value | null)[]
}

const sampleOf = (rows: number, index: number): fc.Arbitrary<MeasureSample> =>
  fc
    .constantFrom(...MEASURE_TYPES)
    .chain((type) =>
      fc
        .array(fc.option(VALUES[type], { nil: null, freq: 3 }), { minLength: rows, maxLength: rows })
        .map((values) => ({ spec: { name: `m_${index}_${type}`, type }, values })),
    )

/** Up to five measures of `rows` rows. */
export const measureSamples = (rows: number): fc.Arbitrary<readonly MeasureSample[]> =>
  fc
    .integer({ min: 0, max: 5 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => sampleOf(rows, index))))

export const columnsOfSamples = (samples: readonly MeasureSample[]): MeasureColumn[] =>
  samples.map(({ spec, values }) => measureOfValues(spec, values))
