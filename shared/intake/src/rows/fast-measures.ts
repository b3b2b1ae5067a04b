import {
  ATTRIBUTES_MEASURE,
  fitsMeasure,
  MAX_ATTRIBUTES_BYTES,
  MAX_MEASURE_TEXT_BYTES,
  measureOfName,
  type MeasureSpec,
  textBytes,
} from '@fleetlake/columnar'
import type { Said } from '@fleetlake/contracts'
import { reuseArray } from '@fleetlake/core'
import { booleanOf } from '../fields/read-measures.ts'
import type { PlannedField } from '../fields/plan.ts'
import type { Field } from '../formats/block.ts'
import { inOwnUnit, quantityOf, type Unit, unitNamed } from '../values/units.ts'
import { fillNumbers, type NumberReading } from './fast-numbers.ts'
import { createTextRoom, type Slow, textsOf } from './fast-texts.ts'
import { createTextCache } from './text-cache.ts'

/** What a row says of a measure. */
type Value = Said['value']

/** The values of a measure in the rows of a block. */
export interface FastMeasure {
  readonly spec: MeasureSpec
  /** Null where a row has none, undefined where it is slow. */
  valueOf(row: number): Value | undefined
}

/** @returns undefined where the values of the field are read in the slower way alone */
type Take = (field: Field, slow: Slow) => FastMeasure | undefined

const takeNumbers = ({ name, type = 'double', unit }: PlannedField, reading: NumberReading): Take => {
  const quantity = quantityOf(name)
  const own: Unit | undefined = unit === undefined || quantity === undefined ? undefined : unitNamed(unit, quantity)
  const room = reuseArray((length) => new Float64Array(length))
  const spec = measureOfName(name, 0)
  return (field, slow) => {
    const values = room(slow.length)
    if (!fillNumbers(field, values, slow, reading)) return undefined
    for (let row = 0; row < values.length; row++) {
      const value = values[row]
      if (value !== value) continue
      if (own !== undefined) values[row] = inOwnUnit(value, own)
      if (!fitsMeasure(values[row], type)) slow[row] = 1
    }
    return { spec, valueOf: (row) => (values[row] === values[row] ? values[row] : null) }
  }
}

/** The text of a row; null for none, undefined for what can't be kept as it is. */
const textOf = (text: string, mostBytes: number): string | null | undefined => {
  if (text === '' || text === String.raw`\N`) return null
  return text.includes('\uFFFD') || textBytes(text) > mostBytes ? undefined : text
}

const takeTexts = ({ name }: PlannedField): Take => {
  const room = createTextRoom()
  const spec = measureOfName(name, '')
  const mostBytes = name === ATTRIBUTES_MEASURE.name ? MAX_ATTRIBUTES_BYTES : MAX_MEASURE_TEXT_BYTES
  const cache = createTextCache((text) => textOf(text, mostBytes))
  return (field, slow) => {
    const texts = textsOf(field, slow, room)
    if (texts === undefined) return undefined
    const { bytes, starts, ends } = texts
    return { spec, valueOf: (row) => (starts[row] < 0 ? null : cache.of(bytes, starts[row], ends[row])) }
  }
}

const takeBooleans = ({ name }: PlannedField): Take => {
  const spec = measureOfName(name, true)
  const cache = createTextCache(booleanOf)
  return (field) => {
    switch (field.kind) {
      case 'text': {
        const { bytes, starts, ends } = field
        return { spec, valueOf: (row) => (starts[row] < 0 ? null : cache.of(bytes, starts[row], ends[row])) }
      }
      case 'value': {
        const { values } = field
        return {
          spec,
          valueOf: (row) => {
            const value = values[row] ?? null
            return value === null || typeof value === 'boolean' ? value : undefined
          },
        }
      }
      default:
        return undefined
    }
  }
}

/** How fast the values of a measure can be read. */
export const measureTaker = (field: PlannedField, reading: NumberReading): Take => {
  if (field.type === 'string') return takeTexts(field)
  return field.type === 'boolean' ? takeBooleans(field) : takeNumbers(field, reading)
}
