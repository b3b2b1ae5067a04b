import type { MeasureSpec, MeasureType } from '../measures.ts'
import { createIdTable } from './id-table.ts'
import { textAt, type Texts, textsOfStrings } from './text-list.ts'

/**
 * The values of a measure in some rows, held alike in flight and at rest. Numbers of all types are doubles, so whole ones are exact up to 2^53; a boolean is
 * 0 or 1. The array may be longer than there are rows.
 */
export type MeasureColumn = NumberMeasure | TextMeasure

export interface NumberMeasure {
  readonly spec: MeasureSpec & { readonly type: Exclude<MeasureType, 'string'> }
  /** NaN where a row has none. */
  readonly values: Float64Array
}

export interface TextMeasure {
  readonly spec: MeasureSpec & { readonly type: 'string' }
  /** The number of a text; −1 where a row has none. */
  readonly codes: Int32Array
  readonly texts: Texts
}

export const isTextMeasure = (column: MeasureColumn): column is TextMeasure => column.spec.type === 'string'

export const NO_TEXTS: Texts = { count: 0, offsets: new Int32Array(1), bytes: new Uint8Array(0) }

/** Rows without a value. */
export const emptyMeasure = (spec: MeasureSpec, length: number): MeasureColumn =>
  spec.type === 'string'
    ? { spec: { ...spec, type: 'string' }, codes: new Int32Array(length).fill(-1), texts: NO_TEXTS }
    : { spec: { ...spec, type: spec.type }, values: new Float64Array(length).fill(NaN) }

/** What a row takes in such columns, texts apart. */
export const measureRowBytes = (measures: readonly { readonly spec: MeasureSpec }[]): number =>
  measures.reduce((sum, { spec }) => sum + (spec.type === 'string' ? 4 : 8), 0)

const gathered = <Values extends Float64Array | Int32Array>(from: Values, order: Uint32Array, to: Values): Values => {
  const { length } = order
  for (let i = 0; i < length; i++) to[i] = from[order[i]]
  return to
}

/** The rows that `order` names, in that order; texts stay where they are. */
export const gatherMeasures = (measures: readonly MeasureColumn[], order: Uint32Array): MeasureColumn[] =>
  measures.map((column) =>
    isTextMeasure(column)
      ? { ...column, codes: gathered(column.codes, order, new Int32Array(order.length)) }
      : { ...column, values: gathered(column.values, order, new Float64Array(order.length)) },
  )

/** So many columns, each made when it is first asked for: those of a file that are not looked at stay packed. */
export const lazyMeasures = (count: number, make: (place: number) => MeasureColumn): readonly MeasureColumn[] => {
  const columns: MeasureColumn[] = []
  for (let place = 0; place < count; place++) {
    Object.defineProperty(columns, place, {
      configurable: true,
      enumerable: true,
      get: () => {
        const value = make(place)
        Object.defineProperty(columns, place, { value, enumerable: true })
        return value
      },
    })
  }
  return columns
}

/** The rows `[from, to)`, without a copy; a column that is not asked for stays packed. */
export const sliceMeasures = (measures: readonly MeasureColumn[], from: number, to: number): readonly MeasureColumn[] =>
  lazyMeasures(measures.length, (place) => {
    const column = measures[place]
    return isTextMeasure(column)
      ? { ...column, codes: column.codes.subarray(from, to) }
      : { ...column, values: column.values.subarray(from, to) }
  })

/** Whether any of the first `length` rows has a value. */
export const hasValues = (column: MeasureColumn, length: number): boolean => {
  if (isTextMeasure(column)) return column.codes.subarray(0, length).some((code) => code >= 0)
  return column.values.subarray(0, length).some((value) => value === value)
}

/** A value for people and for formats of objects; null where a row has none. */
export const measureValue = (column: MeasureColumn, row: number): string | number | boolean | null => {
  if (isTextMeasure(column)) return column.codes[row] < 0 ? null : textAt(column.texts, column.codes[row])
  const value = column.values[row]
  if (value !== value) return null
  return column.spec.type === 'boolean' ? value !== 0 : value
}

/** A column of values, null where a row has none; a value of another kind than the measure's counts as null. */
export const measureOfValues = (
  spec: MeasureSpec,
  values: readonly (string | number | boolean | null)[],
): MeasureColumn => {
  if (spec.type !== 'string') {
    const numbers = Float64Array.from(values, (value) =>
      value === null || typeof value === 'string' ? NaN : Number(value),
    )
    return { spec: { ...spec, type: spec.type }, values: numbers }
  }
  const codes = new Map<string, number>()
  const codeOf = (text: string): number => {
    const code = codes.get(text) ?? codes.size
    codes.set(text, code)
    return code
  }
  const numbers = Int32Array.from(values, (value) => (typeof value === 'string' ? codeOf(value) : -1))
  return { spec: { ...spec, type: 'string' }, codes: numbers, texts: textsOfStrings([...codes.keys()]) }
}

/** Columns that grow row by row and batch by batch: a buffer, an answer, a merge. */
export interface MeasureStore {
  /** Of those that any row had. */
  readonly specs: readonly MeasureSpec[]
  /** What it takes of memory, about, once its columns are as long as its rows. */
  readonly bytes: number
  /**
   * Takes rows in: row `order[i]` of the columns becomes row `at + i`. Rows have no value of a measure that their columns lack. A text where numbers are held, and a
   * number where texts are, is left out: a caller that must not lose it fits it before.
   */
  take(measures: readonly MeasureColumn[], order: Uint32Array, at: number): void
  /** The first `length` rows; views, good until more is taken. */
  columns(length: number): MeasureColumn[]
}

interface StoredText {
  readonly table: ReturnType<typeof createIdTable>
  codes: Int32Array
}

interface StoredNumber {
  values: Float64Array
}

const FIRST_ROWS = 256
/** Of more texts than this for each row that is taken, those of the rows are looked up, and no note of all is made. */
const TEXTS_A_ROW = 4

/** @param specs known from the start, in this order; others follow as they come */
export const createMeasureStore = (specs: readonly MeasureSpec[] = []): MeasureStore => {
  const known: MeasureSpec[] = []
  const stored = new Map<string, StoredText | StoredNumber>()
  const add = (spec: MeasureSpec): StoredText | StoredNumber => {
    const made =
      spec.type === 'string'
        ? { table: createIdTable(), codes: new Int32Array(FIRST_ROWS).fill(-1) }
        : { values: new Float64Array(FIRST_ROWS).fill(NaN) }
    known.push(spec)
    stored.set(spec.name, made)
    return made
  }
  for (const spec of specs) add(spec)
  let taken = 0

  const roomFor = (room: number, rows: number): number => (rows > room ? Math.max(rows, room + (room >> 1)) : room)
  const growTo = (held: StoredText | StoredNumber, rows: number): void => {
    if ('values' in held) {
      const room = roomFor(held.values.length, rows)
      if (room === held.values.length) return
      const wider = new Float64Array(room).fill(NaN)
      wider.set(held.values)
      held.values = wider
    } else {
      const room = roomFor(held.codes.length, rows)
      if (room === held.codes.length) return
      const wider = new Int32Array(room).fill(-1)
      wider.set(held.codes)
      held.codes = wider
    }
  }
  const takeTexts = (held: StoredText, column: TextMeasure, order: Uint32Array, at: number): void => {
    const { offsets, bytes, count } = column.texts
    if (count > TEXTS_A_ROW * order.length) {
      for (let i = 0; i < order.length; i++) {
        const code = column.codes[order[i]]
        if (code >= 0) held.codes[at + i] = held.table.numberOf(bytes, offsets[code], offsets[code + 1])
      }
      return
    }
    /** The numbers here of the texts there; each is looked up once. */
    const numbers = new Int32Array(count).fill(-1)
    for (let i = 0; i < order.length; i++) {
      const code = column.codes[order[i]]
      if (code < 0) continue
      if (numbers[code] < 0) numbers[code] = held.table.numberOf(bytes, offsets[code], offsets[code + 1])
      held.codes[at + i] = numbers[code]
    }
  }
  return {
    specs: known,
    get bytes() {
      let sum = 0
      for (const held of stored.values()) {
        sum +=
          'values' in held
            ? Float64Array.BYTES_PER_ELEMENT * Math.max(held.values.length, taken)
            : Int32Array.BYTES_PER_ELEMENT * Math.max(held.codes.length, taken) + held.table.heldBytes
      }
      return sum
    },
    take: (measures, order, at) => {
      taken = Math.max(taken, at + order.length)
      for (const column of measures) {
        const held = stored.get(column.spec.name) ?? add(column.spec)
        growTo(held, at + order.length)
        if (isTextMeasure(column)) {
          if ('codes' in held) takeTexts(held, column, order, at)
        } else if ('values' in held) {
          for (let i = 0; i < order.length; i++) held.values[at + i] = column.values[order[i]]
        }
      }
    },
    columns: (length) =>
      known.map((spec): MeasureColumn => {
        const held = stored.get(spec.name)!
        growTo(held, length)
        return 'values' in held
          ? { spec: spec as NumberMeasure['spec'], values: held.values.subarray(0, length) }
          : { spec: spec as TextMeasure['spec'], codes: held.codes.subarray(0, length), texts: held.table.texts() }
      }),
  }
}
