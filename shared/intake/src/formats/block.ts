import type { RowFault } from '../rows/row-fault.ts'

/** The values of one field of a block, one entry a row. */
export type Field =
  /** UTF-8 in `bytes` from `starts[row]` to `ends[row]`, without quotes; `starts[row]` is -1 where the row has no such field. */
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly starts: Int32Array; readonly ends: Int32Array }
  /** NaN where there is none. */
  | { readonly kind: 'number'; readonly values: Float64Array | Float32Array }
  /** ms since the epoch, UTC; NaN where there is none. */
  | { readonly kind: 'instant'; readonly values: Float64Array }
  /** Texts, numbers, bigints, booleans, objects, lists; null or undefined where there is none. */
  | { readonly kind: 'value'; readonly values: readonly unknown[] }

/** The values of a field that was not asked for. */
export const LEFT_OUT: Field = { kind: 'value', values: [] }

/** Something in the input that is not a row of it: it costs itself only. */
export interface BlockFault extends RowFault {
  /** Where it is, counted as the format counts: a line, a feature. */
  readonly place: number
  /** What stands there, cut. */
  readonly text: string
}

/** Where reading may begin: what it means is the format's own business. A block's `next` is exactly where the block ends, whatever its rows hold. */
export interface Cursor {
  /** Bytes of the input, or records of it, that lie before. */
  readonly at: number
  /** The place (line, feature, …) of the next row. */
  readonly place: number
  /** What the format must know of what lies before, as a text; such as the header that is in force. */
  readonly context?: string | undefined
}

export const START: Cursor = { at: 0, place: 1 }

/** Some rows of an input, in its order, by columns. Buffers are the block's own only until the next one is asked for, or the reading ends. */
export interface Block {
  /** As the input has them; blocks of one input may differ in them. No name twice. */
  readonly names: readonly string[]
  /** One a name. */
  readonly fields: readonly Field[]
  /** What the input says itself of the units of its fields, by their names; such as `km/h`. */
  readonly units?: ReadonlyMap<string, string>
  readonly rows: number
  /** Of each row, for people. */
  readonly places: Int32Array | Float64Array
  /** What a row looks like in the input, cut to `MAX_SHOWN` characters: for the list of refused rows. */
  textOf(row: number): string
  readonly faults: readonly BlockFault[]
  /** What a person should know of how the rows were read, as sentences, each once in a block; such as that rows without a time have their file's. */
  readonly notes?: readonly string[]
  /** Where the block began, and where the next one begins. */
  readonly from: Cursor
  readonly next: Cursor
}

/** Characters of a row that are kept with its fault. */
export const MAX_SHOWN = 4_096

/** The value of a row's field as a scalar, an object or a list; undefined where there is none. Slow: for what no faster way reads. */
export const valueOf = (field: Field, row: number): unknown => {
  switch (field.kind) {
    case 'text': {
      const start = field.starts[row]
      return start < 0
        ? undefined
        : Buffer.from(field.bytes.buffer, field.bytes.byteOffset + start, field.ends[row] - start).toString('utf8')
    }
    case 'number':
    case 'instant': {
      const value = field.values[row]
      return Number.isNaN(value) ? undefined : value
    }
    case 'value':
      return field.values[row] ?? undefined
  }
}
