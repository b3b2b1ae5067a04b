import type { Field } from './block.ts'

type TextField = Extract<Field, { kind: 'text' }>

/** Texts of some rows, side by side, for columns whose values are written out. */
export interface TextBuilder {
  /** Room for a text of so many bytes at most; `at` is where it is to be written. */
  reserve(most: number): { readonly bytes: Uint8Array; readonly at: number }
  /** The next row has the `length` bytes that were written, or, below 0, no text. */
  end(length: number): void
  /** The next row has this text, which is ASCII. */
  push(text: string): void
  field(): TextField
}

export const createTextBuilder = (rows: number, bytesOfRow: number): TextBuilder => {
  let bytes = new Uint8Array(Math.max(64, rows * bytesOfRow))
  const [starts, ends] = [new Int32Array(rows), new Int32Array(rows)]
  let [row, at] = [0, 0]
  const reserve = (most: number): { readonly bytes: Uint8Array; readonly at: number } => {
    if (at + most > bytes.length) {
      const larger = new Uint8Array(Math.max(2 * bytes.length, at + most))
      larger.set(bytes)
      bytes = larger
    }
    return { bytes, at }
  }
  const end = (length: number): void => {
    starts[row] = length < 0 ? -1 : at
    ends[row++] = length < 0 ? -1 : (at += length)
  }
  return {
    reserve,
    end,
    push: (text) => {
      const room = reserve(text.length)
      for (let i = 0; i < text.length; i++) room.bytes[room.at + i] = text.charCodeAt(i)
      end(text.length)
    },
    field: () => ({ kind: 'text', bytes, starts, ends }),
  }
}
