import {
  type MeasureSpec,
  measureOfValues,
  type PositionRow,
  type Positions,
  positionsOfRows,
  wellKnownMeasure,
} from '@fleetlake/columnar'
import fc from 'fast-check'
import { awkwardRow, awkwardText } from './awkward-rows.ts'

/** One of each type, in an order that is not by name; some with units. */
export const MEASURES: readonly MeasureSpec[] = [
  { name: 'state', type: 'string', description: 'what the vehicle does' },
  wellKnownMeasure('altitude')!,
  { name: 'load', type: 'float', unit: 'kg' },
  wellKnownMeasure('revision')!,
  { name: 'seats', type: 'int' },
  wellKnownMeasure('ignition')!,
  { name: 'times', type: 'double', unit: 'fathoms', description: 'a name that formats have a use for' },
]

type Values = NonNullable<PositionRow['measures']>

/** Each column with a value in about every other row. */
const measures: fc.Arbitrary<Values> = fc.record(
  {
    state: fc.oneof(fc.constantFrom('', 'loading', 'idle'), awkwardText),
    altitude: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.constantFrom(0, -12.5, 1e21, -3.25e-9),
    ),
    load: fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    revision: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, 1_767_600_000_000_000)),
    seats: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    ignition: fc.boolean(),
    times: fc.integer({ min: 0, max: 3 }),
  },
  { requiredKeys: [] },
)

/** Awkward rows, many of which have measures. */
export const measuredRow: fc.Arbitrary<PositionRow> = fc
  .tuple(awkwardRow, fc.oneof(fc.constant<Values>({}), measures))
  .map(([row, values]) => (Object.keys(values).length === 0 ? row : { ...row, measures: values }))

export const measuredBatches: fc.Arbitrary<PositionRow[][]> = fc.array(
  fc.array(measuredRow, { minLength: 1, maxLength: 12 }),
  { maxLength: 4 },
)

/** A batch as finders send it: every column that was asked for is there, with or without a value. */
export const measuredPositions = (
  rows: readonly PositionRow[],
  specs: readonly MeasureSpec[] = MEASURES,
): Positions => ({
  ...positionsOfRows(rows),
  measures: specs.map((spec) =>
    measureOfValues(
      spec,
      rows.map((row) => row.measures?.[spec.name] ?? null),
    ),
  ),
})
