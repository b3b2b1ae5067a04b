import { type MeasureScalar, type MeasureType, wellKnownMeasure } from '@fleetlake/columnar'
import { isAbsent } from '../values/absent.ts'
import { mayMiss } from '../values/decided.ts'

/** What a number's text may be without losing anything as a number: no zeros in front, few enough digits. */
const NUMBER = /^-?(0|[1-9]\d{0,30})(\.\d{1,30})?(e[+-]?\d{1,3})?$/i
const MOST_DIGITS = 15
/** A text of digits that a number would not keep: such a column has codes. */
const CODE = /^[-+]?(?:0\d+|\d{16,})$/

export const isNumberText = (text: string): boolean => {
  if (!NUMBER.test(text)) return false
  return text.replace(/e.*$/i, '').replaceAll(/\D/g, '').length <= MOST_DIGITS && Number.isFinite(Number(text))
}

/** A value as a measure may have it: lists and objects are texts, and so are whole numbers beyond 2^53. */
export const scalarOf = (value: unknown): MeasureScalar | undefined => {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? String(member) : member))
}

const kindOf = (value: MeasureScalar): 'double' | 'boolean' | 'string' => {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'number') return Number.isFinite(value) ? 'double' : 'string'
  return isNumberText(value.trim()) ? 'double' : 'string'
}

/**
 * What the values of a measure are: fixed for a well-known one; else truth values or numbers if nearly all of the sample are, and texts if not. One without values in the sample has
 * numbers.
 */
export const measureTypeOf = (name: string, sample: readonly unknown[]): MeasureType => {
  const known = wellKnownMeasure(name)
  if (known !== undefined) return known.type
  const values = sample.flatMap((value) => (isAbsent(value) ? [] : (scalarOf(value) ?? [])))
  if (values.some((value) => typeof value === 'string' && CODE.test(value.trim()))) return 'string'
  const kinds = values.map(kindOf)
  for (const kind of ['double', 'boolean'] as const) {
    if (kinds.filter((each) => each !== kind).length <= (kinds.includes(kind) ? mayMiss(kinds.length) : 0)) return kind
  }
  return 'string'
}
