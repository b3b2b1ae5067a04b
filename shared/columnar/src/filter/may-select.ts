import type { FilterColumn, Relation, RowTest } from './bind-filter.ts'
import { compareBytes } from './filter.ts'

/** Bounds of a column's values in some rows; one that is missing is not known. */
export interface NumberBounds {
  readonly min?: number | undefined
  readonly max?: number | undefined
}
/** In UTF-8. */
export interface TextBounds {
  readonly min?: Uint8Array | undefined
  readonly max?: Uint8Array | undefined
}

/** What is known of some rows' columns. */
export interface ColumnBounds {
  /** No row has a value. */
  lacks(column: FilterColumn): boolean
  numbers(column: FilterColumn): NumberBounds
  texts(column: FilterColumn): TextBounds
}

/** Whether a filter may select one of some rows. Invariant: never no when it does. */
export const maySelect = (test: RowTest, bounds: ColumnBounds): boolean => {
  switch (test.kind) {
    case 'all':
      return test.parts.every((part) => maySelect(part, bounds))
    case 'any':
      return test.parts.some((part) => maySelect(part, bounds))
    case 'constant':
      return test.isTrue
    case 'null':
      return test.isNull || !bounds.lacks(test.column)
    case 'numbers': {
      if (bounds.lacks(test.column)) return false
      const { min = -Infinity, max = Infinity } = bounds.numbers(test.column)
      // Bounds that are not numbers say nothing.
      if (min !== min || max !== max) return true
      return meets(test.relation, test.values, { min, max }, compareNumbers)
    }
    case 'texts': {
      if (bounds.lacks(test.column)) return false
      const { min = NOTHING, max } = bounds.texts(test.column)
      const values = test.values.map((value) => encoder.encode(value))
      return meets(test.relation, values, { min, max }, compareBytes)
    }
  }
}

const compareNumbers = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0)

const encoder = new TextEncoder()
/** The least of all texts. */
const NOTHING = new Uint8Array(0)

/** Whether a value within closed bounds may be in a relation to others. */
const meets = <Value>(
  relation: Relation,
  values: readonly Value[],
  { min, max }: { readonly min: Value; readonly max: Value | undefined },
  compare: (a: Value, b: Value) => number,
): boolean => {
  const [bound] = values
  switch (relation) {
    case '<':
      return compare(min, bound) < 0
    case '<=':
      return compare(min, bound) <= 0
    case '>':
      return max === undefined || compare(max, bound) > 0
    case '>=':
      return max === undefined || compare(max, bound) >= 0
    case 'in':
      return values.some((value) => compare(min, value) <= 0 && (max === undefined || compare(max, value) >= 0))
    case 'not in':
      // Only where all rows have one and the same value it is known which one they have.
      return max === undefined || compare(min, max) !== 0 || !values.some((value) => compare(min, value) === 0)
  }
}
