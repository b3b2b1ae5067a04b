import { reuseArray, type Reused } from '@fleetlake/core'
import { intervalJson } from '@fleetlake/columnar/arrow/parts'
import type { Field } from '../block.ts'
import { clocks, dates, localTimes } from '../clock-text.ts'
import { createTextBuilder } from '../text-builder.ts'
import type { NumberValues, TextValues, Values } from './decode.ts'
import type { Part } from './read-leaf.ts'
import type { Leaf } from './schema.ts'

type TextField = Extract<Field, { kind: 'text' }>

/** Makes the field of a block from parts of pages; it is valid until the next one is made. */
export type FieldMaker = (parts: readonly Part[], rows: number) => Field

const numbersOf = ({ values }: Part): NumberValues => values as NumberValues
const textsOf = ({ values }: Part): TextValues => values as TextValues

/** Those of one page where they lie, those of several side by side. */
const joinNumbers = (parts: readonly Part[], rows: number, room: Reused<Float64Array>): NumberValues['values'] => {
  if (parts.length === 1) return numbersOf(parts[0]).values.subarray(parts[0].from, parts[0].to)
  const joined = room(rows)
  let at = 0
  for (const part of parts) {
    joined.set(numbersOf(part).values.subarray(part.from, part.to), at)
    at += part.to - part.from
  }
  return joined
}

const exactValues = (parts: readonly Part[]): unknown[] =>
  parts.flatMap((part) => {
    const { values, exact } = numbersOf(part)
    return Array.from({ length: part.to - part.from }, (_, i): unknown => {
      if (exact !== undefined) return exact[part.from + i]
      const value = values[part.from + i]
      return Number.isNaN(value) ? undefined : value
    })
  })

const joinTexts = (parts: readonly Part[], rows: number, rooms: TextRooms): TextField => {
  if (parts.length === 1) {
    const { bytes, starts, ends } = textsOf(parts[0])
    const { from, to } = parts[0]
    return { kind: 'text', bytes, starts: starts.subarray(from, to), ends: ends.subarray(from, to) }
  }
  const [starts, ends] = [rooms.starts(rows), rooms.ends(rows)]
  // Pages with the same dictionary have the same bytes.
  const places = new Map<Uint8Array, number>()
  let size = 0
  for (const part of parts) {
    const { bytes } = textsOf(part)
    if (places.has(bytes)) continue
    places.set(bytes, size)
    size += bytes.length
  }
  const [only] = places.keys()
  const bytes = places.size === 1 ? only : rooms.bytes(size)
  if (places.size > 1) for (const [each, at] of places) bytes.set(each, at)
  let row = 0
  for (const part of parts) {
    const texts = textsOf(part)
    const shift = places.get(texts.bytes)!
    for (let i = part.from; i < part.to; i++, row++) {
      const start = texts.starts[i]
      starts[row] = start < 0 ? -1 : start + shift
      ends[row] = start < 0 ? -1 : texts.ends[i] + shift
    }
  }
  return { kind: 'text', bytes, starts, ends }
}

interface TextRooms {
  readonly bytes: Reused<Uint8Array>
  readonly starts: Reused<Int32Array>
  readonly ends: Reused<Int32Array>
}

const textRooms = (): TextRooms => ({
  bytes: reuseArray((length) => new Uint8Array(length)),
  starts: reuseArray((length) => new Int32Array(length)),
  ends: reuseArray((length) => new Int32Array(length)),
})

const UUID_PLACES = [0, 4, 6, 8, 10, 16]

const uuidOf = (bytes: Uint8Array, start: number): string => {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + start, 16).toString('hex')
  return UUID_PLACES.slice(1)
    .map((end, i) => hex.slice(2 * UUID_PLACES[i], 2 * end))
    .join('-')
}

/** Months, days, milliseconds, each of 32 bits. */
const intervalOf = (bytes: Uint8Array, start: number): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, 12)
  const [months, days, ms] = [0, 4, 8].map((at) => view.getUint32(at, true))
  return JSON.parse(intervalJson({ months, days, nanos: BigInt(ms) * 1_000_000n })) as string
}

const base64Of = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('base64')

/** How bytes that are no text are written as one. */
const WRITTEN = { uuid: uuidOf, interval: intervalOf, bytes: base64Of, geometry: base64Of } as const

const writtenTexts = (
  { bytes, starts, ends }: TextField,
  rows: number,
  write: (bytes: Uint8Array, start: number, end: number) => string,
): Field => {
  const texts = createTextBuilder(rows, 40)
  for (let row = 0; row < rows; row++) {
    if (starts[row] < 0) texts.end(-1)
    else texts.push(write(bytes, starts[row], ends[row]))
  }
  return texts.field()
}

const flagOf = (value: number): boolean | undefined => (value === 1 ? true : value === 0 ? false : undefined)

export const fieldMakerOf = ({ form: { meaning } }: Leaf): FieldMaker => {
  const numbers = reuseArray((length) => new Float64Array(length))
  const rooms = textRooms()
  switch (meaning.kind) {
    case 'text':
      return (parts, rows) => joinTexts(parts, rows, rooms)
    case 'uuid':
    case 'interval':
    case 'bytes':
    case 'geometry':
      return (parts, rows) => writtenTexts(joinTexts(parts, rows, rooms), rows, WRITTEN[meaning.kind])
    case 'time':
      return meaning.isUtc
        ? (parts, rows) => ({ kind: 'instant', values: joinNumbers(parts, rows, numbers) as Float64Array })
        : (parts, rows) => localTimes(joinNumbers(parts, rows, numbers), rows)
    case 'date':
      return (parts, rows) => dates(joinNumbers(parts, rows, numbers), rows)
    case 'clock':
      return (parts, rows) => clocks(joinNumbers(parts, rows, numbers), rows)
    case 'boolean':
      return (parts, rows) => ({ kind: 'value', values: Array.from(joinNumbers(parts, rows, numbers), flagOf) })
    case 'whole':
    case 'real':
    case 'half':
    case 'decimal':
      return (parts, rows) =>
        parts.some((part) => numbersOf(part).exact !== undefined)
          ? { kind: 'value', values: exactValues(parts) }
          : { kind: 'number', values: joinNumbers(parts, rows, numbers) }
  }
}

/** The raw bytes of each row, of a column of geometries. */
export const bytesMaker = (): ((parts: readonly Part[], rows: number) => TextField) => {
  const rooms = textRooms()
  return (parts, rows) => joinTexts(parts, rows, rooms)
}

/** A value within a list, as JSON would have it. */
export const valueIn = (leaf: Leaf): ((values: Values, i: number) => unknown) => {
  const make = fieldMakerOf(leaf)
  const { meaning } = leaf.form
  const utf8 = new TextDecoder()
  return (values, i) => {
    if (meaning.kind === 'text') {
      const { bytes, starts, ends } = values as TextValues
      return utf8.decode(bytes.subarray(starts[i], ends[i]))
    }
    const field = make([{ values, from: i, to: i + 1 }], 1)
    switch (field.kind) {
      case 'text':
        return utf8.decode(field.bytes.subarray(field.starts[0], field.ends[0]))
      case 'value':
        return field.values[0]
      case 'number':
        return Number.isNaN(field.values[0]) ? undefined : field.values[0]
      case 'instant':
        return Math.abs(field.values[0]) <= 8.64e15 ? new Date(field.values[0]).toISOString() : field.values[0]
    }
  }
}
