import { isAbsent } from './absent.ts'
import { readNumber } from './read-number.ts'
import type { Decimal } from './readings.ts'
import { trimmed } from './trimmed.ts'
import { inOwnUnit, type Quantity, type Unit, unitNamed } from './units.ts'

export interface QuantityReading {
  readonly quantity: Quantity
  /** Of values that name none; the quantity's own when missing. */
  readonly unit?: Unit | undefined
  readonly decimal: Decimal
}

export type QuantityFault = 'not-a-number' | 'unit-not-known'

/** A number with a unit behind it: the number ends with its last digit that only marks and digits precede. */
const WITH_UNIT = /^([-+−–]?(?:\d[\d.,'’ \u00A0\u2009\u202F]*)?\d[.,]?)[\s\u00A0\u202F]{0,3}([^\d\s.,][^\0]{0,30})$/
const LONGEST = 60

/**
 * A number in its quantity's own unit (m/s, m, °C, %, degrees). A unit in the value, such as `12 km/h`, counts more than the one of the column.
 * @returns undefined where there is none
 */
export const readQuantity = (
  value: unknown,
  { quantity, unit, decimal }: QuantityReading,
): number | undefined | QuantityFault => {
  if (isAbsent(value)) return undefined
  if (typeof value === 'number' || typeof value === 'bigint') return convert(Number(value), unit)
  if (typeof value !== 'string' || value.length > LONGEST) return 'not-a-number'
  const text = trimmed(value)
  const number = readNumber(text, decimal)
  if (!Number.isNaN(number)) return convert(number, unit)
  const [, digits, name] = WITH_UNIT.exec(text) ?? []
  const own = digits === undefined ? NaN : readNumber(digits, decimal)
  if (Number.isNaN(own)) return 'not-a-number'
  const found = unitNamed(name, quantity)
  return found === undefined ? 'unit-not-known' : convert(own, found)
}

const convert = (value: number, unit: Unit | undefined): number => (unit === undefined ? value : inOwnUnit(value, unit))
