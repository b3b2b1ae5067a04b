import {
  type ColumnBounds,
  type FilterColumn,
  maySelect,
  type MeasureSpec,
  type NumberBounds,
  type RowTest,
  type TextBounds,
} from '@fleetlake/columnar'
import type { Chunk } from './chunk.ts'
import { parseChunkPath } from './paths.ts'

const WHOLE = new Set<MeasureSpec['type']>(['long', 'int'])

/**
 * Bounds as a column has them: other engines write a float in as few digits as tell it from its neighbours, which may lie on the wrong side of it, and a
 * large whole number is rounded when it is read.
 */
const widened = (min: number, max: number, type: MeasureSpec['type']): NumberBounds => {
  const isRounded = WHOLE.has(type) && !(Number.isSafeInteger(min) && Number.isSafeInteger(max))
  if (isRounded) return {}
  return {
    min: Number.isNaN(min) ? undefined : Math.min(min, Math.fround(min)),
    max: Number.isNaN(max) ? undefined : Math.max(max, Math.fround(max)),
  }
}

const utf8 = new TextEncoder()

const bytesOf = (text: string | undefined): Uint8Array | undefined => (text === undefined ? text : utf8.encode(text))

const UNKNOWN = {}

const numbersOf = ({ measures: { layout, numbers }, from, to }: Chunk, column: FilterColumn): NumberBounds => {
  if (column.kind === 'core') return column.key === 'eventTime' ? { min: from, max: to } : UNKNOWN
  const { name, type } = column.spec
  const place = layout.places.get(name)
  if (place?.kind !== 'numbers' || type === 'boolean') return UNKNOWN
  return widened(numbers[place.at], numbers[place.at + 1], type)
}

const textsOf = (chunk: Chunk, column: FilterColumn): TextBounds => {
  if (column.kind === 'core') {
    if (column.key === 'vehicle') return { min: bytesOf(chunk.vehicleIdMin), max: bytesOf(chunk.vehicleIdMax) }
    return column.key === 'vehicleType'
      ? { min: bytesOf(chunk.vehicleTypeMin), max: bytesOf(chunk.vehicleTypeMax) }
      : UNKNOWN
  }
  const { layout, texts } = chunk.measures
  const place = layout.places.get(column.spec.name)
  if (place?.kind !== 'texts') return UNKNOWN
  return { min: bytesOf(texts[place.at]), max: bytesOf(texts[place.at + 1]) }
}

/** @param hasLimitedStats writers may leave columns out of statistics */
const boundsOf = (chunk: Chunk, hasLimitedStats: boolean): ColumnBounds => ({
  lacks: (column) => {
    if (column.kind === 'core') return false
    const { places, isWhole } = chunk.measures.layout
    const place = places.get(column.spec.name)
    if (place !== undefined) return place.kind === 'none'
    return isWhole && !hasLimitedStats && parseChunkPath(chunk.path) !== undefined
  },
  numbers: (column) => numbersOf(chunk, column),
  texts: (column) => textsOf(chunk, column),
})

/** May keep a file of which no row is selected, and never leaves out one of which a row is. */
export const mayHoldSelected = (test: RowTest, chunk: Chunk, hasLimitedStats: boolean): boolean =>
  maySelect(test, boundsOf(chunk, hasLimitedStats))
