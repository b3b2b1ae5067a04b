import { isTextMeasure, type MeasureColumn, textsToStrings } from '@fleetlake/columnar'
import type { FoundRows } from '@fleetlake/viewer-core'
import type { VehicleSummaries } from '../../hub/search/search-answer.ts'

export const SORT_KEYS = ['id', 'type', 'firstSeen', 'lastSeen', 'points', 'distance', 'timeInside'] as const
/** A column of every answer, or one of its measures. */
export type SortKey = (typeof SORT_KEYS)[number] | MeasureKey
export type MeasureKey = `measure ${string}`

export const measureKeyOf = (name: string): MeasureKey => `measure ${name}`

/** @returns undefined for a column of every answer */
export const measureOfKey = (key: SortKey): string | undefined =>
  key.startsWith('measure ') ? key.slice('measure '.length) : undefined

export interface VehicleOrder {
  readonly by: SortKey
  readonly isDescending: boolean
  /** Part of an id or of a type, in any case; all when empty. */
  readonly filter: string
}

interface Rows extends Pick<FoundRows, 'ids' | 'type' | 'types'> {
  /** By vehicle. */
  readonly lastMeasures?: readonly MeasureColumn[]
}

/**
 * The vehicles that pass the filter, indexes into `ids`, in order; those that are equal stay in the order of their ids, and those of which the
 * value is not known come last.
 */
export const orderVehicles = (
  { ids, type, types, lastMeasures = [] }: Rows,
  summaries: VehicleSummaries,
  { by, isDescending, filter }: VehicleOrder,
): Uint32Array => {
  const wanted = filter.trim().toLowerCase()
  const isWantedType = types.map((name) => name.toLowerCase().includes(wanted))
  const passed = new Uint32Array(ids.length)
  let count = 0
  for (let vehicle = 0; vehicle < ids.length; vehicle++) {
    if (wanted !== '' && !isWantedType[type[vehicle]] && !ids[vehicle].toLowerCase().includes(wanted)) continue
    passed[count++] = vehicle
  }
  const order = passed.subarray(0, count)
  const sign = isDescending ? -1 : 1
  if (by === 'id') return isDescending ? order.toReversed() : order
  // Types are sorted by name, so that their numbers are.
  const values = valuesOf(by, { type, summaries, lastMeasures })
  if (values === undefined) return isDescending ? order.toReversed() : order
  return order.toSorted((a, b) => {
    const [x, y] = [values[a], values[b]]
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b
    return sign * (x - y) || a - b
  })
}

/** What vehicles are compared by, NaN for what is not known; undefined for a measure that the answer lacks. */
const valuesOf = (
  by: Exclude<SortKey, 'id'>,
  {
    type,
    summaries,
    lastMeasures,
  }: { type: Uint16Array; summaries: VehicleSummaries; lastMeasures: readonly MeasureColumn[] },
): ArrayLike<number> | undefined => {
  const name = measureOfKey(by)
  if (name !== undefined) {
    const column = lastMeasures.find(({ spec }) => spec.name === name)
    return column === undefined ? undefined : ranksOf(column)
  }
  return by === 'type' ? type : summaries[by as keyof VehicleSummaries]
}

/** Texts are in the order of their letters. */
const ranksOf = (column: MeasureColumn): ArrayLike<number> => {
  if (!isTextMeasure(column)) return column.values
  const texts = textsToStrings(column.texts)
  const rank = new Float64Array(texts.length)
  const sorted = texts
    .map((_, number) => number)
    .toSorted((a, b) => (texts[a] < texts[b] ? -1 : Number(texts[a] > texts[b])))
  sorted.forEach((number, i) => (rank[number] = i))
  return Float64Array.from(column.codes, (code) => (code < 0 ? NaN : rank[code]))
}
