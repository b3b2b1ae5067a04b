import fc from 'fast-check'
import { type Comparison, COMPARISONS, type Filter, type Literal } from '../filter/filter.ts'
import type { MeasureSpec } from '../measures.ts'

/** For tests: filters, what they are written like, and what they mean, row by row. */

export type FilterValue = number | string | boolean | null
/** By name of the column. */
export type FilterRow = Readonly<Record<string, FilterValue>>

/** Three-valued: null is "unknown". */
type Truth = boolean | null

const encoder = new TextEncoder()

const order = (a: number | string | boolean, b: number | string | boolean): number => {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(encoder.encode(a), encoder.encode(b))
  return a < b ? -1 : a > b ? 1 : 0
}

const OUTCOMES: Readonly<Record<Comparison, (order: number) => boolean>> = {
  '=': (by) => by === 0,
  '!=': (by) => by !== 0,
  '<': (by) => by < 0,
  '<=': (by) => by <= 0,
  '>': (by) => by > 0,
  '>=': (by) => by >= 0,
}

const not = (truth: Truth): Truth => (truth === null ? null : !truth)
const and = (a: Truth, b: Truth): Truth => (a === false || b === false ? false : a === null || b === null ? null : true)
const or = (a: Truth, b: Truth): Truth => not(and(not(a), not(b)))

/** @param floats the columns of 32 bits: a value is compared as they have it */
const truthOf = (filter: Filter, row: FilterRow, floats: ReadonlySet<string>): Truth => {
  const compared = (name: string, operator: Comparison, { value }: Literal): Truth => {
    const own = row[name] ?? null
    if (own === null) return null
    if (name === 'event_time') return OUTCOMES[operator](order(own, Date.parse(String(value))))
    return OUTCOMES[operator](order(own, typeof value === 'number' && floats.has(name) ? Math.fround(value) : value))
  }
  switch (filter.kind) {
    case 'not':
      return not(truthOf(filter.part, row, floats))
    case 'and':
      return filter.parts.map((part) => truthOf(part, row, floats)).reduce(and)
    case 'or':
      return filter.parts.map((part) => truthOf(part, row, floats)).reduce(or)
    case 'is-null':
      return (row[filter.column.name] ?? null) === null
    case 'in':
      return filter.values.map((value) => compared(filter.column.name, '=', value)).reduce(or)
    case 'compare':
      return compared(filter.column.name, filter.operator, filter.value)
  }
}

/** Whether a filter selects a row, as SQL has it: what is unknown is not selected. */
export const selectsRow = (filter: Filter, row: FilterRow, measures: readonly MeasureSpec[]): boolean => {
  const floats = new Set([
    'speed',
    'heading',
    ...measures.flatMap(({ name, type }) => (type === 'float' ? [name] : [])),
  ])
  return truthOf(filter, row, floats) === true
}

const writtenValue = ({ value }: Literal): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)

/** A filter as it may be written. */
export const writtenFilter = (filter: Filter): string => {
  switch (filter.kind) {
    case 'not':
      return `not (${writtenFilter(filter.part)})`
    case 'and':
    case 'or':
      return filter.parts.map((part) => `(${writtenFilter(part)})`).join(` ${filter.kind} `)
    case 'is-null':
      return `${filter.column.name} is null`
    case 'in':
      return `${filter.column.name} in (${filter.values.map(writtenValue).join(', ')})`
    case 'compare':
      return `${filter.column.name} ${filter.operator} ${writtenValue(filter.value)}`
  }
}

/** A column that filters name, with values that its rows and its filters have. */
export interface FilterSource {
  readonly name: string
  readonly values: readonly (number | string | boolean)[]
  /** In filters, where they are written in another way. */
  readonly written?: readonly (number | string | boolean)[]
  readonly mayBeNull: boolean
}

export const filterRows = (sources: readonly FilterSource[]): fc.Arbitrary<FilterRow> =>
  fc.record(
    Object.fromEntries(
      sources.map(({ name, values, mayBeNull }) => [
        name,
        mayBeNull ? fc.oneof(fc.constant(null), fc.constantFrom(...values)) : fc.constantFrom(...values),
      ]),
    ),
  )

const at = 0

const tests = ({ name, values, written = values }: FilterSource): fc.Arbitrary<Filter> => {
  const column = { name, at }
  const literal = fc.constantFrom(...written).map((value) => ({ value, at }))
  const operators = typeof written[0] === 'boolean' ? (['=', '!='] as const) : COMPARISONS
  return fc
    .oneof(
      { weight: 4, arbitrary: fc.record({ operator: fc.constantFrom(...operators), value: literal }) },
      { weight: 2, arbitrary: fc.record({ values: fc.array(literal, { minLength: 1, maxLength: 3 }) }) },
      { weight: 1, arbitrary: fc.constant({}) },
    )
    .map((part): Filter => {
      if ('operator' in part) return { kind: 'compare', column, ...part }
      return 'values' in part ? { kind: 'in', column, ...part } : { kind: 'is-null', column }
    })
}

export const filters = (sources: readonly FilterSource[]): fc.Arbitrary<Filter> =>
  fc.letrec<{ filter: Filter; test: Filter; not: Filter; joined: Filter }>((tie) => ({
    filter: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('test'), tie('not'), tie('joined')),
    test: fc.oneof(...sources.map(tests)),
    not: fc.record({ kind: fc.constant('not' as const), part: tie('filter') }),
    joined: fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
    }),
  })).filter
