import type { MeasureColumn, MeasureStore } from '@fleetlake/columnar'
import { checkSameType } from './answer-measures.ts'

/** The rows `[from, to)`, as an order of them. */
export const rowRange = (from: number, to: number): Uint32Array => {
  const rows = new Uint32Array(to - from)
  for (let i = 0; i < rows.length; i++) rows[i] = from + i
  return rows
}

/**
 * Takes rows into a store that nothing may be lost on.
 * @param rows row `order[i]` becomes row `at + i`
 * @throws FleetError `query.invalid` for a measure that the store has in another type
 */
export const takeMeasures = (
  store: MeasureStore,
  measures: readonly MeasureColumn[],
  { order, at }: { readonly order: Uint32Array; readonly at: number },
): void => {
  for (const { spec } of measures) {
    const known = store.specs.find(({ name }) => name === spec.name)
    if (known !== undefined) checkSameType(known, spec)
  }
  store.take(measures, order, at)
}
