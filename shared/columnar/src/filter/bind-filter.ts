import type { FleetError } from '@fleetlake/core'
import { type Column, COLUMNS } from '../columns.ts'
import { type MeasureSpec, WELL_KNOWN_MEASURES, wellKnownMeasure } from '../measures.ts'
import { type Comparison, type Filter, filterFault, type Literal, type Named, writtenOf } from './filter.ts'
import type { ColumnsBeside } from '../rows/fit-measures.ts'
import { didYouMean } from './nearest-names.ts'
import { parseInstant } from './parse-instant.ts'

/** The columns of every position that a filter may name; the area of a search says where. */
export type FilterKey = Exclude<Column, { readonly kind: 'degrees' }>['key']

/** A column that is looked at: of every position, or a measure of the table. */
export type FilterColumn =
  | { readonly kind: 'core'; readonly key: FilterKey }
  | { readonly kind: 'measure'; readonly spec: MeasureSpec }

export type Relation = Exclude<Comparison, '=' | '!='> | 'in' | 'not in'

/**
 * A filter whose names and types are known. Invariant: it has no "not", which is worked into the tests, as De Morgan has it; a test of a row
 * without a value is never true, whatever it tests but for null itself. So a row is selected if the tests say so, and "unknown" needs no value of its own.
 */
export type RowTest =
  | { readonly kind: 'all' | 'any'; readonly parts: readonly RowTest[] }
  | { readonly kind: 'constant'; readonly isTrue: boolean }
  | { readonly kind: 'null'; readonly column: FilterColumn; readonly isNull: boolean }
  /** Booleans are 0 and 1, times ms since the epoch. */
  | {
      readonly kind: 'numbers'
      readonly column: FilterColumn
      readonly relation: Relation
      readonly values: readonly number[]
    }
  | {
      readonly kind: 'texts'
      readonly column: FilterColumn
      readonly relation: Relation
      readonly values: readonly string[]
    }

export interface BoundFilter {
  readonly test: RowTest
  /** Those that it looks at, of the table's; in the table's order. */
  readonly measures: readonly MeasureSpec[]
}

const NEGATED: Readonly<Record<Relation, Relation>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  in: 'not in',
  'not in': 'in',
}

type ValueKind = 'number' | 'text' | 'boolean' | 'time'

const KINDS: Readonly<Record<ValueKind, string>> = {
  number: 'a number',
  text: 'a text',
  boolean: 'true or false',
  time: 'a time',
}

/** A column that a name stands for. */
interface Meant {
  readonly name: string
  readonly holds: ValueKind
  /** Numbers of it are of 32 bits: a value is compared as such a column has it. */
  readonly isFloat: boolean
  /** Whether a row may be without a value. */
  readonly mayBeNull: boolean
  /** Undefined for one that is well known and that no row has. */
  readonly column: FilterColumn | undefined
}

const CORE_HOLDS = { id: 'text', label: 'text', instant: 'time', float: 'number' } as const

const CORE = new Map(
  COLUMNS.flatMap(({ name, key, kind, isRequired }): [string, Meant][] =>
    kind === 'degrees'
      ? []
      : [
          [
            name,
            {
              name,
              holds: CORE_HOLDS[kind],
              isFloat: kind === 'float',
              mayBeNull: !isRequired,
              column: { kind: 'core', key },
            },
          ],
        ],
  ),
)

const HOLDS = {
  double: 'number',
  float: 'number',
  long: 'number',
  int: 'number',
  string: 'text',
  boolean: 'boolean',
} as const satisfies Record<MeasureSpec['type'], ValueKind>

const measureMeant = (spec: MeasureSpec, column: FilterColumn | undefined): Meant => ({
  name: spec.name,
  holds: HOLDS[spec.type],
  isFloat: spec.type === 'float',
  mayBeNull: true,
  column,
})

/**
 * Finds what a filter's names stand for and checks that types go together. A name that is well known and not the table's is null in every row.
 * @param text of the filter, for the places in messages
 * @param table its measures, and the names of columns that are not measures
 * @throws FleetError `query.invalid`
 */
export const bindFilter = (
  filter: Filter,
  text: string,
  { measures, otherColumns = [] }: ColumnsBeside,
): BoundFilter => {
  const byName = new Map(measures.map((spec) => [spec.name, spec]))
  const used = new Set<MeasureSpec>()
  const fault = (at: number, what: string): FleetError => filterFault(text, at, what)

  const meantBy = ({ name, at }: Named): Meant => {
    const core = CORE.get(name)
    if (core !== undefined) return core
    const spec = byName.get(name)
    if (spec !== undefined) {
      used.add(spec)
      return measureMeant(spec, { kind: 'measure', spec })
    }
    if (otherColumns.includes(name)) {
      throw fault(at, `"${name}" is a column of another program, of a type that Fleetlake can't compare`)
    }
    const known = wellKnownMeasure(name)
    if (known !== undefined) return measureMeant(known, undefined)
    if (COLUMNS.some((column) => column.name === name))
      throw fault(at, `"${name}" can't be in a filter: use the area of the search for it`)
    const names = [...CORE.keys(), ...byName.keys(), ...WELL_KNOWN_MEASURES.map((one) => one.name)]
    throw fault(at, `there is no column "${name.slice(0, 80)}": ${didYouMean(name, names)}`)
  }
  const mismatch = ({ name, holds }: Meant, literal: Literal, is: ValueKind, advice = ''): FleetError =>
    fault(
      literal.at,
      `"${name}" is ${KINDS[holds]} and ${writtenOf(literal)} is ${KINDS[is]}: they can't be compared${advice}`,
    )
  const numberIn = (meant: Meant, literal: Literal): number => {
    const { value, at } = literal
    const { holds } = meant
    if (holds === 'time') {
      const advice = `; a time is written as '2026-01-31T08:00:00Z'`
      if (typeof value !== 'string') throw mismatch(meant, literal, typeof value as ValueKind, advice)
      const time = parseInstant(value)
      if (time === undefined)
        throw fault(
          at,
          `${writtenOf(literal)} is not a time with a zone and whole ms, such as '2026-01-31T08:00:00.500Z'`,
        )
      return time
    }
    if (typeof value === 'string') throw mismatch(meant, literal, 'text')
    if (typeof value === 'boolean') {
      if (holds !== 'boolean') throw mismatch(meant, literal, 'boolean')
      return Number(value)
    }
    if (holds !== 'number') throw mismatch(meant, literal, 'number')
    return meant.isFloat ? Math.fround(value) : value
  }
  const textIn = (meant: Meant, literal: Literal): string => {
    if (typeof literal.value === 'string') return literal.value
    throw mismatch(meant, literal, typeof literal.value as ValueKind)
  }
  const compared = (meant: Meant, relation: Relation, literals: readonly Literal[]): RowTest => {
    const { column, holds } = meant
    const test =
      holds === 'text'
        ? { kind: 'texts' as const, relation, values: literals.map((literal) => textIn(meant, literal)) }
        : { kind: 'numbers' as const, relation, values: literals.map((literal) => numberIn(meant, literal)) }
    return column === undefined ? { kind: 'constant', isTrue: false } : { ...test, column }
  }
  const relationOf = (operator: Comparison, meant: Meant, at: number): Relation => {
    if (operator === '=') return 'in'
    if (operator === '!=') return 'not in'
    if (meant.holds === 'boolean') throw fault(at, `"${meant.name}" is true or false: use = or !=`)
    return operator
  }
  const turned = (relation: Relation, isNegated: boolean): Relation => (isNegated ? NEGATED[relation] : relation)

  const bind = (part: Filter, isNegated: boolean): RowTest => {
    switch (part.kind) {
      case 'not':
        return bind(part.part, !isNegated)
      case 'and':
      case 'or': {
        const parts = part.parts.map((one) => bind(one, isNegated))
        return { kind: (part.kind === 'and') === isNegated ? 'any' : 'all', parts }
      }
      case 'is-null': {
        const { column, mayBeNull } = meantBy(part.column)
        const isNull = !isNegated
        if (column === undefined) return { kind: 'constant', isTrue: isNull }
        return mayBeNull ? { kind: 'null', column, isNull } : { kind: 'constant', isTrue: !isNull }
      }
      case 'in':
        return compared(meantBy(part.column), turned('in', isNegated), part.values)
      case 'compare': {
        const meant = meantBy(part.column)
        const relation = relationOf(part.operator, meant, part.column.at)
        return compared(meant, turned(relation, isNegated), [part.value])
      }
    }
  }
  const test = bind(filter, false)
  return { test, measures: measures.filter((spec) => used.has(spec)) }
}
