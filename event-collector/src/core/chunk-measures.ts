import { createTextList, isTextMeasure, type MeasureColumn, type TextMeasure, type Texts } from '@fleetlake/columnar'
import { reuseArray, type Reused } from '@fleetlake/core'

/** Arrays for the measures of the chunk that was cut last, by the names of the measures. */
export interface MeasureArrays {
  numbers(name: string, length: number): Float64Array
  codes(name: string, length: number): Int32Array
  /** −1 in each place between two uses. */
  readonly newCodes: Reused<Int32Array>
}

const byName = <A>(make: () => Reused<A>): ((name: string, length: number) => A) => {
  const made = new Map<string, Reused<A>>()
  return (name, length) => {
    let reused = made.get(name)
    if (reused === undefined) made.set(name, (reused = make()))
    return reused(length)
  }
}

export const createMeasureArrays = (): MeasureArrays => ({
  numbers: byName(() => reuseArray((length) => new Float64Array(length))),
  codes: byName(() => reuseArray((length) => new Int32Array(length))),
  newCodes: reuseArray((length) => new Int32Array(length).fill(-1)),
})

/** Renumbers texts from 0, in the order in which rows name them first. @returns those that are named */
const numberTexts = (codes: Int32Array, { count, offsets, bytes }: Texts, newCodes: Reused<Int32Array>): Texts => {
  const list = createTextList()
  const numbers = newCodes(count)
  const named: number[] = []
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]
    if (code < 0) continue
    if (numbers[code] < 0) {
      numbers[code] = list.add(bytes, offsets[code], offsets[code + 1])
      named.push(code)
    }
    codes[i] = numbers[code]
  }
  for (const code of named) numbers[code] = -1
  return list.texts()
}

const cutTexts = (column: TextMeasure, order: Uint32Array, arrays: MeasureArrays): TextMeasure | undefined => {
  const { codes: all, texts, spec } = column
  const codes = arrays.codes(spec.name, order.length)
  let hasAny = false
  for (let i = 0; i < order.length; i++) {
    codes[i] = all[order[i]]
    if (codes[i] >= 0) hasAny = true
  }
  return hasAny ? { spec, codes, texts: numberTexts(codes, texts, arrays.newCodes) } : undefined
}

const cut = (column: MeasureColumn, order: Uint32Array, arrays: MeasureArrays): MeasureColumn | undefined => {
  if (isTextMeasure(column)) return cutTexts(column, order, arrays)
  const { values: all, spec } = column
  const values = arrays.numbers(spec.name, order.length)
  let hasAny = false
  for (let i = 0; i < order.length; i++) {
    const value = all[order[i]]
    values[i] = value
    if (value === value) hasAny = true
  }
  return hasAny ? { spec, values } : undefined
}

/** The measures that any of the rows has which `order` names, in that order and with their own texts only. */
export const cutMeasures = (
  columns: readonly MeasureColumn[],
  order: Uint32Array,
  arrays: MeasureArrays,
): MeasureColumn[] => columns.flatMap((column) => cut(column, order, arrays) ?? [])
