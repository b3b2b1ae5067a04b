import { FleetError } from '@fleetlake/core'
import { damaged } from './damaged.ts'
import type { Batch } from './foreign-batch.ts'
import type { NestedColumn } from './nested-columns.ts'

/**
 * Values of any Arrow type as JSON. Invariant: whatever the bytes are, it ends: each value that is looked at writes something, and what is written in all has a bound.
 * Numbers that a double does not hold are texts of their digits; times, dates and durations are texts of ISO 8601; bytes are base64.
 */
export interface JsonOutput {
  /** @throws FleetError `arrow.invalid` when it would be too much */
  push(text: string): void
  /** What was pushed since it was last taken. */
  take(): string
  /** What `write` pushes, which is not in the output. */
  captured(write: () => void): string
}

export const createJsonOutput = (mostLength: number): JsonOutput => {
  let pieces: string[] = []
  let room = mostLength
  return {
    push: (text) => {
      room -= text.length
      if (room < 0) {
        throw new FleetError(
          'arrow.invalid',
          'the Arrow batch has lists and other columns that no measure can be, which would unpack to too much: send fewer rows at once',
        )
      }
      pieces.push(text)
    },
    take: () => {
      const text = pieces.join('')
      pieces = []
      return text
    },
    captured: (write) => {
      const at = pieces.length
      write()
      return pieces.splice(at).join('')
    },
  }
}

export interface JsonSource {
  readonly view: DataView
  readonly batch: Batch
  /** JSON of the values of dictionaries, by their ids. */
  readonly dictionaries: ReadonlyMap<bigint, readonly string[]>
  readonly out: JsonOutput
}

/** Writes the value of a row. @throws FleetError, RangeError for a row that there is not */
export type WriteJson = (row: number) => void

export const NOTHING = 'null'

export interface Place {
  /** Its first buffer in the batch. */
  readonly first: number
  readonly length: number
}

export type MakeWriter = (column: NestedColumn, source: JsonSource, place: Place) => WriteJson

/** Offsets of 4 or 8 bytes. */
export const offsetsOf = (
  { batch, view }: JsonSource,
  index: number,
  { bytes, count }: { readonly bytes: 4 | 8; readonly count: number },
): ((i: number) => number) => {
  const [offsets] = batch.buffer(index, bytes * count)
  return bytes === 4
    ? (i) => view.getInt32(offsets + 4 * i, true)
    : (i) => Number(view.getBigInt64(offsets + 8 * i, true))
}

export interface WholeReader {
  readonly bytes: number
  read(view: DataView, at: number): number | bigint
}

export const wholeReader = (bits: number, isSigned: boolean): WholeReader => {
  switch (bits) {
    case 8:
      return { bytes: 1, read: (view, at) => (isSigned ? view.getInt8(at) : view.getUint8(at)) }
    case 16:
      return { bytes: 2, read: (view, at) => (isSigned ? view.getInt16(at, true) : view.getUint16(at, true)) }
    case 32:
      return { bytes: 4, read: (view, at) => (isSigned ? view.getInt32(at, true) : view.getUint32(at, true)) }
    case 64:
      return { bytes: 8, read: (view, at) => (isSigned ? view.getBigInt64(at, true) : view.getBigUint64(at, true)) }
    default:
      throw damaged(`whole numbers of ${bits} bits`)
  }
}
