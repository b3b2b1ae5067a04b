import { FleetError, MAX_TEXT_BYTES } from '@fleetlake/core'
import { COLUMNS, type Kind, placeOfColumn } from '../columns.ts'
import type { MeasureSpec } from '../measures.ts'
import { createIdTable } from '../rows/id-table.ts'
import type { MeasureColumn } from '../rows/measure-columns.ts'
import { makePositionArrays, type Positions } from '../rows/positions.ts'
import type { Texts } from '../rows/text-list.ts'
import { checkTexts } from './check-texts.ts'
import { damaged } from './damaged.ts'
import { withBeside } from './with-beside.ts'
import { type ForeignColumns, type ForeignOptions, type ForeignValues, readForeignColumns } from './foreign-columns.ts'
import type { WantedColumn } from './foreign-schema.ts'

const USES: Readonly<Record<Kind, WantedColumn['use']>> = {
  id: 'text',
  label: 'text',
  instant: 'time',
  degrees: 'number',
  float: 'number',
}

const POSITION_COLUMNS: readonly WantedColumn[] = COLUMNS.map(({ name, kind, isRequired }) => ({
  name,
  use: USES[kind],
  ...(isRequired ? {} : { isOptional: true }),
}))

/**
 * Positions from an Arrow IPC stream of any layout that has the columns: others' dictionaries, units, several batches, further columns.
 * Slower than `decodePositions`. A null text is an empty one, a null number NaN, to be judged with the row. Invariant: it ends in time and
 * memory linear in the bytes; ids and types take 255 bytes a row at most, or no more than the stream.
 * @throws FleetError `arrow.invalid`
 */
export const decodeForeignPositions = (payload: Uint8Array): Positions => positionsOf(payload, { further: 'all' })

/**
 * The positions of a dead letter, whose column `reason` is none of what their senders said.
 * @throws FleetError `arrow.invalid`
 */
export const decodeLetterPositions = (payload: Uint8Array): Positions => positionsOf(payload, { further: 'of-letter' })

const positionsOf = (payload: Uint8Array, options: ForeignOptions): Positions => {
  const stream = readForeignColumns(payload, POSITION_COLUMNS, options)
  const { rows, columns } = stream
  const mostBytes = Math.max(payload.length, MAX_TEXT_BYTES * rows)
  const vehicleTypes = numberTexts(payload, columns[placeOfColumn('vehicle_type')]!, mostBytes)
  const arrays = makePositionArrays((_, kind, place) => {
    const found = columns[place]
    switch (kind) {
      case 'label':
        return vehicleTypes.codes
      case 'instant':
        // Others count microseconds or nanoseconds; ours are whole ms.
        return Float64Array.from(found!.values, Math.floor)
      case 'degrees':
        return Float64Array.from(found!.values)
      case 'float':
        return found === undefined ? new Float32Array(rows).fill(NaN) : Float32Array.from(found.values)
    }
  })
  return {
    length: rows,
    ...gatherIds(payload, columns[placeOfColumn('vehicle_id')]!, mostBytes),
    vehicleTypes: vehicleTypes.texts,
    measures: measuresOf(payload, stream),
    ...arrays,
  }
}

/**
 * What the rows of an Arrow IPC stream say beside the columns of every position, in its order.
 * @throws FleetError `arrow.invalid`
 */
export const decodeMeasures = (payload: Uint8Array): { readonly rows: number; readonly measures: MeasureColumn[] } => {
  const found = readForeignColumns(payload, [POSITION_COLUMNS[placeOfColumn('event_time')]], { further: 'all' })
  return { rows: found.rows, measures: measuresOf(payload, found) }
}

/** What no measure can be is in `attributes`. */
const measuresOf = (payload: Uint8Array, { rows, measures, beside }: ForeignColumns): MeasureColumn[] => {
  const columns = measures.map(({ spec, values }) => measureOf(payload, spec, values))
  const inexact = measures.flatMap(({ spec, values }) =>
    values.inexact.size === 0 ? [] : [{ name: spec.name, texts: textsOfRows(values.inexact, rows) }],
  )
  const others = [...inexact, ...beside]
  return others.length === 0 ? columns : withBeside(columns, others, rows)
}

const textsOfRows = (texts: ReadonlyMap<number, string>, rows: number): (string | undefined)[] =>
  Array.from({ length: rows }, (_, row) => texts.get(row))

const measureOf = (payload: Uint8Array, spec: MeasureSpec, values: ForeignValues): MeasureColumn => {
  if (spec.type === 'string') return { spec: { ...spec, type: spec.type }, ...distinctTexts(payload, values) }
  const numbers = Float64Array.from(values.values)
  for (const row of values.inexact.keys()) numbers[row] = NaN
  return { spec: { ...spec, type: spec.type }, values: numbers }
}

/** Each distinct text once; those at one place are looked at once, however many rows refer to it. Null is at 0 to 0. */
const distinctTexts = (
  payload: Uint8Array,
  { values: starts, ends }: ForeignValues,
): { readonly codes: Int32Array; readonly texts: Texts } => {
  const table = createIdTable()
  const codes = new Int32Array(starts.length).fill(-1)
  const codesByPlace = new Map<string, number>()
  let total = 0
  for (let i = 0; i < starts.length; i++) {
    if (ends[i] === 0) continue
    const place = `${starts[i]} ${ends[i]}`
    let code = codesByPlace.get(place)
    if (code === undefined) {
      total += ends[i] - starts[i]
      if (total > payload.length) throw damaged('its texts overlap')
      code = table.numberOf(payload, starts[i], ends[i])
      codesByPlace.set(place, code)
    }
    codes[i] = code
  }
  const texts = table.texts()
  checkTexts(texts.offsets, texts.bytes)
  return { codes, texts }
}

/**
 * The column `reason` of a dead letter, one text a row; none when it has no such column.
 * @throws FleetError `arrow.invalid`
 */
export const decodeReasons = (payload: Uint8Array): string[] => {
  const [reasons] = readForeignColumns(payload, [{ name: 'reason', use: 'text', isOptional: true }]).columns
  if (reasons === undefined) return []
  const { codes, texts } = numberTexts(payload, reasons, payload.length)
  return Array.from(codes, (code) => texts[code])
}

const tooMuchText = (what: string): FleetError =>
  new FleetError(
    'arrow.invalid',
    `the ${what} of the Arrow batch would unpack to more than ${MAX_TEXT_BYTES} bytes a row: send shorter ones`,
  )

/** Texts side by side. One dictionary's text may stand in every row: what they take together is known before room is made. */
const gatherIds = (
  payload: Uint8Array,
  { values: starts, ends }: ForeignValues,
  mostBytes: number,
): Pick<Positions, 'vehicleIdOffsets' | 'vehicleIdBytes'> => {
  const vehicleIdOffsets = new Int32Array(starts.length + 1)
  let total = 0
  for (let i = 0; i < starts.length; i++) {
    total += ends[i] - starts[i]
    if (total > mostBytes) throw tooMuchText('vehicle ids')
    vehicleIdOffsets[i + 1] = total
  }
  const vehicleIdBytes = new Uint8Array(total)
  for (let i = 0; i < starts.length; i++) vehicleIdBytes.set(payload.subarray(starts[i], ends[i]), vehicleIdOffsets[i])
  checkTexts(vehicleIdOffsets, vehicleIdBytes)
  return { vehicleIdOffsets, vehicleIdBytes }
}

/** Each distinct text once: those that stand at one place are decoded once, however many rows refer to it. */
const numberTexts = (
  payload: Uint8Array,
  { values: starts, ends }: ForeignValues,
  mostBytes: number,
): { readonly codes: Int32Array; readonly texts: readonly string[] } => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const codes = new Int32Array(starts.length)
  const codesByText = new Map<string, number>()
  const codesByPlace = new Map<string, number>()
  let total = 0
  const codeAt = (start: number, end: number): number => {
    total += end - start
    if (total > mostBytes) throw tooMuchText('texts')
    const text = textOf(decoder, payload.subarray(start, end))
    const code = codesByText.get(text) ?? codesByText.size
    codesByText.set(text, code)
    return code
  }
  for (let i = 0; i < starts.length; i++) {
    const place = `${starts[i]} ${ends[i]}`
    let code = codesByPlace.get(place)
    if (code === undefined) {
      code = codeAt(starts[i], ends[i])
      codesByPlace.set(place, code)
    }
    codes[i] = code
  }
  return { codes, texts: [...codesByText.keys()] }
}

const textOf = (decoder: TextDecoder, bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes)
  } catch {
    throw damaged('a text is not UTF-8')
  }
}
