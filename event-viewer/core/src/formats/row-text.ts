import {
  isSameVehicle,
  COLUMNS,
  isTextMeasure,
  type MeasureColumn,
  type MeasureSpec,
  type Positions,
} from '@fleetlake/columnar'
import { createAnswerMeasures, type MeasureValue, valuesOf } from '../rows/answer-measures.ts'
import { vehicleIdAt } from '../rows/vehicle-ids.ts'

const OPTIONAL = COLUMNS.filter((column) => !column.isRequired)

/** The columns of every position of which a row may have no value. */
const OPTIONAL_NAMES: readonly string[] = OPTIONAL.map(({ name }) => name)

/** One row as text: the id and the type as the format writes texts, what may be missing as the format writes it, in the order of `names`. */
export type WriteRow = (
  id: string,
  type: string,
  time: string,
  longitude: number,
  latitude: number,
  optional: readonly string[],
  names: readonly string[],
) => string

/** The optional values as members of a JSON object, after others. */
export const optionalJson = (values: readonly string[], names: readonly string[]): string => {
  let members = ''
  for (let i = 0; i < values.length; i++) members += `,"${names[i]}":${values[i]}`
  return members
}

interface Writing {
  readonly text: (value: string) => string
  /** Of a value that is not known. */
  readonly none: string
  readonly row: WriteRow
}

/** The rows of an answer as text. */
export interface RowText {
  /** @throws FleetError `query.invalid` for a measure that the first batch did not have */
  write(batch: Positions): string
  /** Of the columns of which a row may have no value: those of every position, then the measures of the first batch. */
  names(): readonly string[]
}

/** Texts are written once for each run of equal ones: a batch has few types, and its rows come by vehicle. */
export const createRowText = ({ text, none, row }: Writing): RowText => {
  const answer = createAnswerMeasures()
  let names = OPTIONAL_NAMES
  return {
    names: () => names,
    write: (batch) => {
      const { length, vehicleType, vehicleTypes, eventTime } = batch
      const measures = answer.columns(batch).map((column) => measureTexts(column, text, none))
      if (names.length < OPTIONAL.length + measures.length)
        names = [...OPTIONAL_NAMES, ...answer.specs()!.map(({ name }) => name)]
      const types = vehicleTypes.map(text)
      let id = ''
      let written = ''
      for (let i = 0; i < length; i++) {
        if (i === 0 || !isSameVehicle(batch, i)) id = text(vehicleIdAt(batch, i))
        const optional = OPTIONAL.map(({ key }) => float32Text(batch[key][i]) ?? none)
        for (const measure of measures) optional.push(measure(i))
        written += row(
          id,
          types[vehicleType[i]],
          new Date(eventTime[i]).toISOString(),
          batch.longitude[i],
          batch.latitude[i],
          optional,
          names,
        )
      }
      return written
    },
  }
}

/** Each value of a column as text; a text of several rows is written once. */
const measureTexts = (
  column: MeasureColumn | undefined,
  text: (value: string) => string,
  none: string,
): ((row: number) => string) => {
  if (column === undefined) return () => none
  const valueAt = valuesOf(column)
  if (!isTextMeasure(column)) return (row) => valueText(column.spec, valueAt(row)) ?? none
  const written: (string | undefined)[] = []
  const { codes } = column
  return (row) => (codes[row] < 0 ? none : (written[codes[row]] ??= text(String(valueAt(row)))))
}

/** A value as text, as short as it can be; undefined for none, and for what is not a number. */
export const valueText = ({ type }: MeasureSpec, value: MeasureValue): string | undefined => {
  if (value === null) return undefined
  if (typeof value !== 'number') return String(value)
  if (type === 'float') return float32Text(value)
  return Number.isFinite(value) ? String(value) : undefined
}

/** The same for JSON. */
export const valueJson = (spec: MeasureSpec, value: MeasureValue): string =>
  typeof value === 'string' ? JSON.stringify(value) : (valueText(spec, value) ?? 'null')

/** The shortest decimal number that is this float32; undefined for what is not a number, and so no value. */
export const float32Text = (value: number): string | undefined => {
  if (!Number.isFinite(value)) return undefined
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}

/** The name of a member of an object that has others. One that is taken, with whatever low lines behind it, has one more: so no two names become one, and who reads it takes one off. */
export const memberName = (name: string, taken: readonly string[]): string =>
  taken.includes(name.replace(/_+$/, '')) ? `${name}_` : name
