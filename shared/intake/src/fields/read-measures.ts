import {
  ATTRIBUTES_MEASURE,
  fitsMeasure,
  jsonOfValue,
  MAX_ATTRIBUTES_BYTES,
  MAX_MEASURE_TEXT_BYTES,
  type MeasureScalar,
  type MeasureType,
  type Member,
  mergeAttributes,
  ownAttributesOf,
  textBytes,
} from '@fleetlake/columnar'
import { isAbsent } from '../values/absent.ts'
import { readNumber } from '../values/read-number.ts'
import { readQuantity } from '../values/read-quantity.ts'
import type { Decimal } from '../values/readings.ts'
import { quantityOf, type Quantity, type Unit, unitNamed } from '../values/units.ts'
import { isNumberText, scalarOf } from './measure-type.ts'
import type { PlannedField } from './plan.ts'

export type Measures = Readonly<Record<string, MeasureScalar>>

export interface MeasuresRead {
  readonly measures: Measures
  /** Why values are left out: a reason each, to be counted. */
  readonly unread: readonly string[]
}

/** @param values of the measures, in the order of the plan */
export type ReadMeasures = (values: readonly unknown[]) => MeasuresRead

/** A value of an input as a measure's; `left` is one that the measure can't have. */
type Reading = { readonly value: MeasureScalar } | { readonly left: MeasureScalar } | undefined

type ReadValue = (value: MeasureScalar) => Reading

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['yes', true],
  ['no', false],
  ['on', true],
  ['off', false],
  ['1', true],
  ['0', false],
])

/** Null for words that say that there is none, undefined for others that are neither. */
export const booleanOf = (value: MeasureScalar): boolean | null | undefined =>
  isAbsent(value) ? null : WORDS.get(String(value).trim().toLowerCase())

const readBoolean: ReadValue = (value) => {
  const word = booleanOf(value)
  if (word === null) return undefined
  return word === undefined ? { left: value } : { value: word }
}

const readText: ReadValue = (value) => {
  const text = String(value)
  // In texts only nothing is no value, and what databases write for it.
  if (text === '' || text === '\\N') return undefined
  // A text with half a character has no UTF-8; as JSON it is kept.
  return text.isWellFormed() ? { value: text } : { left: text }
}

/** With a quantity, a unit may be in the value. */
const readNumbers =
  (type: MeasureType, { quantity, unit, decimal }: { quantity?: Quantity; unit?: Unit; decimal: Decimal }): ReadValue =>
  (value) => {
    if (isAbsent(value)) return undefined
    const read = quantity === undefined ? plainNumber(value, decimal) : readQuantity(value, { quantity, unit, decimal })
    return typeof read === 'number' && fitsMeasure(read, type) ? { value: read } : { left: value }
  }

const plainNumber = (value: MeasureScalar, decimal: Decimal): number => {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return NaN
  return decimal === '.' && isNumberText(value) ? Number(value) : readNumber(value, decimal)
}

const readerOf = ({ name, type = 'double', unit }: PlannedField, decimal: Decimal): ReadValue => {
  if (type === 'string') return readText
  if (type === 'boolean') return readBoolean
  const quantity = quantityOf(name)
  if (quantity === undefined) return readNumbers(type, { decimal })
  const own = unit === undefined ? undefined : unitNamed(unit, quantity)
  return readNumbers(type, { quantity, decimal, ...(own === undefined ? {} : { unit: own }) })
}

/** Why a text can't be kept; undefined when it can. */
const faultOf = (name: string, value: MeasureScalar): string | undefined => {
  if (typeof value !== 'string') return undefined
  const isOwn = name === ATTRIBUTES_MEASURE.name
  if (textBytes(value) > (isOwn ? MAX_ATTRIBUTES_BYTES : MAX_MEASURE_TEXT_BYTES))
    return isOwn ? 'attributes-too-long' : 'measure-text-too-long'
  // What decoding puts in the place of bytes that are not UTF-8.
  return value.includes('\uFFFD') ? 'measure-not-utf-8' : undefined
}

/**
 * Reads measures of rows. Invariants: what a measure can't have is in the row's attributes, or is counted as unread; what is read of a row does not depend on others. Words for "no value", such
 * as NA, are no value; in texts only the empty text and `\N` are.
 */
export const createMeasureReader = (fields: readonly PlannedField[], decimal: Decimal): ReadMeasures => {
  const readers = fields.map((field) => readerOf(field, decimal))
  return (values) => {
    const measures: Record<string, MeasureScalar> = {}
    const members: Member[] = []
    const unread: string[] = []
    for (const [i, { name }] of fields.entries()) {
      const scalar = scalarOf(values[i])
      const reading = scalar === undefined ? undefined : readers[i](scalar)
      if (reading === undefined) continue
      const wrong = faultOf(name, 'value' in reading ? reading.value : reading.left)
      if (wrong !== undefined) unread.push(wrong)
      else if ('value' in reading) measures[name] = reading.value
      else members.push([name, jsonOfValue(reading.left)])
    }
    if (members.length === 0) return { measures, unread }
    const own = measures[ATTRIBUTES_MEASURE.name]
    const attributes = mergeAttributes(own === undefined ? undefined : ownAttributesOf(String(own)), members)
    const wrong = faultOf(ATTRIBUTES_MEASURE.name, attributes)
    if (wrong !== undefined) return { measures, unread: [...unread, wrong] }
    return { measures: { ...measures, [ATTRIBUTES_MEASURE.name]: attributes }, unread }
  }
}
