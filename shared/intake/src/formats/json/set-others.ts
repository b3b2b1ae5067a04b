import { isPositionColumn, wellKnownMeasure } from '@fleetlake/columnar'
import { snakeName } from '../building/field-name.ts'
import type { JsonObject } from './parse-json-row.ts'
import type { Table } from './table.ts'

/** Whether a name is that of a column or of a well-known measure, whose meaning and unit are fixed. */
const isFixed = (name: string): boolean => isPositionColumn(name) || wellKnownMeasure(name) !== undefined

/**
 * Sets what an object says beside what has a meaning, under names in snake_case. A name with a fixed meaning gets the prefix: that the object means the same is not known.
 * @param known members that are read otherwise
 */
export const createOthers = (
  known: readonly string[],
  prefix: string,
): ((table: Table, object: JsonObject) => void) => {
  const isKnown = new Set(known)
  /** Bounded, since names are the input's. */
  const names = new Map<string, string>()
  const nameOf = (key: string): string => {
    const cached = names.get(key)
    if (cached !== undefined) return cached
    const snake = snakeName(key)
    const name = isFixed(snake) ? `${prefix}${snake}` : snake
    if (names.size < 1_000) names.set(key, name)
    return name
  }
  return (table, object) => {
    for (const key in object) if (!isKnown.has(key)) table.set(nameOf(key), object[key])
  }
}

/** A number that is not negative, since less than nothing stands for what is not known. */
export const notNegative = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 ? value : undefined
