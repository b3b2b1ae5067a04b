import { isTextMeasure, type MeasureColumn, type Rows } from '@fleetlake/columnar'

/** How many rows have a value of each measure, by its name; a measure that no row has is not named. */
export type ValueCounts = Map<string, number>

const valuesIn = (column: MeasureColumn, length: number): number => {
  let count = 0
  if (isTextMeasure(column)) {
    const { codes } = column
    for (let i = 0; i < length; i++) if (codes[i] >= 0) count++
    return count
  }
  const { values } = column
  for (let i = 0; i < length; i++) if (values[i] === values[i]) count++
  return count
}

export const countValues = (counts: ValueCounts, { measures, length }: Pick<Rows, 'measures' | 'length'>): void => {
  for (const column of measures) {
    const count = valuesIn(column, length)
    if (count > 0) counts.set(column.spec.name, (counts.get(column.spec.name) ?? 0) + count)
  }
}

export const addCounts = (all: ValueCounts, some: ReadonlyMap<string, number>): void => {
  for (const [name, count] of some) all.set(name, (all.get(name) ?? 0) + count)
}

/** The first measure of which some rows have more values than others. */
export const moreValues = (
  some: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, number>,
): string | undefined => Array.from(some.keys()).find((name) => some.get(name)! > (others.get(name) ?? 0))
