import {
  ATTRIBUTES_MEASURE,
  fitsMeasure,
  jsonOfValue,
  MAX_ATTRIBUTES_BYTES,
  MAX_MEASURE_TEXT_BYTES,
  type MeasureScalar,
  type Member,
  mergeAttributes,
  ownAttributesOf,
  textBytes,
  wellKnownMeasure,
} from '@fleetlake/columnar'
import type { RowFault } from './input-row.ts'

export type Measures = Readonly<Record<string, MeasureScalar>>

/** @param values of the measures, in the order of their names */
export type ReadMeasures = (values: readonly unknown[]) => Measures | RowFault

/** A value of an input as a measure's; `left` is one that the measure can't have. */
type Reading = { readonly value: MeasureScalar } | { readonly left: MeasureScalar } | undefined

const ABSENT = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-'])

const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  yes: true,
  no: false,
  on: true,
  off: false,
  '1': true,
  '0': false,
}

/** What a number's text may be without losing anything as a number: no zeros in front, few enough digits. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d{1,3})?$/i
const MOST_DIGITS = 15

const isNumber = (text: string): boolean => {
  if (!NUMBER.test(text)) return false
  return text.replace(/e.*$/i, '').replaceAll(/\D/g, '').length <= MOST_DIGITS && Number.isFinite(Number(text))
}

/** Lists and objects of NDJSON are texts. */
const scalarOf = (value: unknown): MeasureScalar | undefined => {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return JSON.stringify(value)
}

const isAbsent = (value: MeasureScalar): boolean => typeof value === 'string' && ABSENT.has(value.trim().toLowerCase())

const readNumber = (value: MeasureScalar, isWhole: boolean): Reading => {
  if (isAbsent(value)) return undefined
  const number = typeof value === 'string' ? Number(value) : value
  return fitsMeasure(number, isWhole ? 'long' : 'double') ? { value: number } : { left: value }
}

const readBoolean = (value: MeasureScalar): Reading => {
  if (isAbsent(value)) return undefined
  const word = WORDS[String(value).trim().toLowerCase()]
  return word === undefined ? { left: value } : { value: word }
}

const readText = (value: MeasureScalar): Reading => {
  const text = String(value)
  if (text === '') return undefined
  // A text with half a character has no UTF-8; as JSON it is kept.
  return text.isWellFormed() ? { value: text } : { left: text }
}

type ReadValue = (value: MeasureScalar) => Reading

/**
 * Of a measure that is not well known: numbers or truth values as long as the input has nothing else there, texts from then on, so that the rows of a message
 * are of one type.
 */
const readAnything = (): ReadValue => {
  let kind: 'number' | 'boolean' | 'string' | undefined
  return (value) => {
    if (isAbsent(value) && kind !== 'string') return undefined
    const isNumeric = typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' && isNumber(value)
    const found = typeof value === 'boolean' ? 'boolean' : isNumeric ? 'number' : 'string'
    kind ??= found
    if (kind !== found) kind = 'string'
    if (kind === 'number') return { value: Number(value) }
    return kind === 'boolean' ? { value } : readText(value)
  }
}

const readerOf = (name: string): ReadValue => {
  const type = wellKnownMeasure(name)?.type
  switch (type) {
    case undefined:
      return readAnything()
    case 'string':
      return readText
    case 'boolean':
      return readBoolean
    default:
      return (value) => readNumber(value, type === 'long' || type === 'int')
  }
}

const faultOf = (name: string, value: MeasureScalar): RowFault | undefined => {
  if (typeof value !== 'string') return undefined
  const mostBytes = name === ATTRIBUTES_MEASURE.name ? MAX_ATTRIBUTES_BYTES : MAX_MEASURE_TEXT_BYTES
  if (textBytes(value) > mostBytes) {
    const reason = name === ATTRIBUTES_MEASURE.name ? 'attributes-too-long' : 'measure-text-too-long'
    return { reason, detail: `${name} takes at most ${mostBytes} bytes of UTF-8` }
  }
  // What decoding puts in the place of bytes that are not UTF-8.
  return value.includes('\uFFFD')
    ? { reason: 'not-utf-8', detail: `${name} ${jsonOfValue(value).slice(0, 80)}` }
    : undefined
}

/**
 * Reads measures of rows, one after the other. Invariant: what a measure can't have is in the row's attributes, or the row has a fault.
 * Words for "no value", such as NA, are null; in texts only the empty text is.
 */
export const createMeasureReader = (names: readonly string[]): ReadMeasures => {
  const readers = names.map(readerOf)
  return (values) => {
    const measures: Record<string, MeasureScalar> = {}
    const members: Member[] = []
    for (const [i, name] of names.entries()) {
      const scalar = scalarOf(values[i])
      const reading = scalar === undefined ? undefined : readers[i](scalar)
      if (reading === undefined) continue
      const wrong = faultOf(name, 'value' in reading ? reading.value : reading.left)
      if (wrong !== undefined) return wrong
      if ('value' in reading) measures[name] = reading.value
      else members.push([name, jsonOfValue(reading.left)])
    }
    if (members.length === 0) return measures
    const own = measures[ATTRIBUTES_MEASURE.name]
    const attributes = mergeAttributes(own === undefined ? undefined : ownAttributesOf(String(own)), members)
    return faultOf(ATTRIBUTES_MEASURE.name, attributes) ?? { ...measures, [ATTRIBUTES_MEASURE.name]: attributes }
  }
}
