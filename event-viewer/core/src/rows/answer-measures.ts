import {
  compareMeasure,
  isTextMeasure,
  type MeasureColumn,
  type MeasureSpec,
  type Positions,
  REVISION,
  textAt,
  wellKnownMeasure,
} from '@fleetlake/columnar'
import { FleetError } from '@fleetlake/core'
import { compareTexts } from './compare.ts'

/** Which measures an answer has: those of its first batch. The finders send the columns that were asked for in every batch, without a value too. */
export interface AnswerMeasures {
  /** Of the answer, in its order; undefined before the first batch. */
  specs(): readonly MeasureSpec[] | undefined
  /**
   * The columns of a batch in the order of the answer; undefined for one that the batch lacks, and that no row of it has a value of.
   * @throws FleetError `query.invalid` for a measure that the batches before did not have, or had in another type: what is written already has no place for it
   */
  columns(rows: Pick<Positions, 'measures'>): readonly (MeasureColumn | undefined)[]
}

export const createAnswerMeasures = (): AnswerMeasures => {
  let specs: readonly MeasureSpec[] | undefined
  return {
    specs: () => specs,
    columns: ({ measures }) => {
      specs ??= measures.map(({ spec }) => describedMeasure(spec))
      for (const { spec } of measures) checkKnown(specs, spec)
      return specs.map(({ name }) => measures.find(({ spec }) => spec.name === name))
    },
  }
}

/** With the unit and the description of a well-known measure: messages have names and types only. */
export const describedMeasure = <Spec extends MeasureSpec>(spec: Spec): Spec => {
  const known = wellKnownMeasure(spec.name)
  return known?.type === spec.type ? { ...known, ...spec } : spec
}

const checkKnown = (specs: readonly MeasureSpec[], spec: MeasureSpec): void => {
  const known = specs.find(({ name }) => name === spec.name)
  if (known === undefined) {
    throw new FleetError(
      'query.invalid',
      `the answer has a column "${spec.name}" that its first rows did not have: search again, and select the columns by name`,
    )
  }
  checkSameType(known, spec)
}

/** @throws FleetError `query.invalid` when one column would have values of two types */
export const checkSameType = (known: MeasureSpec, spec: MeasureSpec): void => {
  if (known.type === spec.type) return
  throw new FleetError(
    'query.invalid',
    `the answer has the column "${spec.name}" as ${known.type} and as ${spec.type}: its table was changed meanwhile; search again`,
  )
}

/** As `measureValue` gives it. */
export type MeasureValue = string | number | boolean | null

/** The values of a column by row, null where a row has none; rows with the same text are given one string. */
export const valuesOf = (column: MeasureColumn): ((row: number) => MeasureValue) => {
  if (isTextMeasure(column)) {
    const { codes, texts } = column
    const decoded: (string | undefined)[] = []
    return (row) => (codes[row] < 0 ? null : (decoded[codes[row]] ??= textAt(texts, codes[row])))
  }
  const { values, spec } = column
  if (spec.type === 'boolean') return (row) => (values[row] === values[row] ? values[row] !== 0 : null)
  return (row) => (values[row] === values[row] ? values[row] : null)
}

/** The columns of a batch that rows are compared by, in an order that does not depend on who sent them first. */
export interface ComparedMeasures {
  /** What belongs to a report, so that equal reports are neighbours. */
  readonly said: readonly MeasureColumn[]
  /** Its revision, by which no two reports differ. */
  readonly revision: readonly MeasureColumn[]
}

const NONE: ComparedMeasures = { said: [], revision: [] }

export const comparedMeasures = (measures: readonly MeasureColumn[]): ComparedMeasures => {
  if (measures.length === 0) return NONE
  const sorted = measures.toSorted((a, b) => compareTexts(a.spec.name, b.spec.name))
  const isRevision = ({ spec }: MeasureColumn): boolean => spec.name === REVISION
  return { said: sorted.filter((column) => !isRevision(column)), revision: sorted.filter(isRevision) }
}

/**
 * An order of rows by their measures, in which equal reports are neighbours; a measure that a row's columns lack is one without a value.
 * @param left and `right`: by name
 */
export const compareMeasures = (
  left: readonly MeasureColumn[],
  a: number,
  right: readonly MeasureColumn[],
  b: number,
): number => {
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    const byName = compareNames(left[i], right[j])
    const [one, other] = [byName <= 0 ? left[i++] : undefined, byName >= 0 ? right[j++] : undefined]
    const difference = compareMeasure(one, a, other, b)
    if (difference !== 0) return difference
  }
  return 0
}

const compareNames = (left: MeasureColumn | undefined, right: MeasureColumn | undefined): number => {
  if (left === undefined) return 1
  return right === undefined ? -1 : compareTexts(left.spec.name, right.spec.name)
}
