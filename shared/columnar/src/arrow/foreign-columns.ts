import { FleetError } from '@fleetlake/core'
import { MessageHeader } from 'apache-arrow/fb/message-header'
import { damaged } from './damaged.ts'
import type { FlatTable } from './flat-table.ts'
import { type Batch, batchOf, firstBuffer, type Part, partsOf } from './foreign-batch.ts'
import type { MeasureSpec } from '../measures.ts'
import {
  type BesideColumn,
  findColumns,
  findFurther,
  type ForeignColumn,
  NO_FURTHER_COLUMNS,
  type ValueForm,
  type WantedColumn,
} from './foreign-schema.ts'
import { createJsonOutput, type JsonSource } from './json-source.ts'
import { jsonWriter } from './json-text.ts'
import type { NestedColumn } from './nested-columns.ts'

/**
 * Some columns of an Arrow IPC stream of any layout, read by our own code, since the Arrow library takes what a stream says of itself on
 * trust. Invariant: whatever the bytes are, reading them ends in time and memory linear in their number. So every offset, length and index
 * is checked; a dictionary or batch counts no more values than its body has bytes, a stream no more rows than an eighth of its
 * bytes; texts stay where they are; nothing is read of columns that nobody wants.
 */
export interface ForeignColumns {
  readonly rows: number
  /** In the order of the wanted columns; undefined for an optional one that is not there. */
  readonly columns: readonly (ForeignValues | undefined)[]
  /** Those of `further`, in the order of the stream. */
  readonly measures: readonly { readonly spec: MeasureSpec; readonly values: ForeignValues }[]
  /** Of `further` what no measure can be. */
  readonly beside: readonly BesideValues[]
}

/** A value a row: of a text, where it begins and ends in the stream, 0 and 0 for null; else the number, NaN for null, and 0. */
export interface ForeignValues {
  readonly values: number[]
  readonly ends: number[]
  /** By row, as JSON, the numbers that a double does not hold; NaN stands in their place. */
  readonly inexact: Map<number, string>
}

/** A value a row as JSON; undefined where a row has none. */
export interface BesideValues {
  readonly name: string
  readonly texts: readonly (string | undefined)[]
}

/** A row takes 8 bytes for its time alone, in all but the oddest layouts. */
const LEAST_ROW_BYTES = 8
/** Columns may share their buffers, and a boolean takes a bit: so many values of measures a byte are more than an honest stream has. */
export const MOST_VALUES_PER_BYTE = 4
/** The same of columns within others, of which a row may have more. */
const MOST_NESTED_PER_BYTE = 8
/** Characters that values may be written out to. */
const MOST_TEXT_PER_BYTE = 64
const MOST_TEXT = 32 * 1024 * 1024

const noValues = (): ForeignValues => ({ values: [], ends: [], inexact: new Map() })

export interface ForeignOptions {
  /** What is read beside the wanted columns. Of a dead letter all but its reasons. */
  readonly further?: 'all' | 'of-letter'
}

/** @throws FleetError `arrow.invalid` */
export const readForeignColumns = (
  payload: Uint8Array,
  wanted: readonly WantedColumn[],
  options: ForeignOptions = {},
): ForeignColumns => {
  try {
    return readColumns(payload, wanted, options)
  } catch (error) {
    if (error instanceof FleetError) throw error
    throw new FleetError('arrow.invalid', 'not an Arrow IPC stream', { cause: error })
  }
}

/** All of a column of any type, as JSON, batch by batch. */
interface BesideReader {
  takeDictionary(id: bigint, isDelta: boolean, batch: Batch): void
  takeRows(batch: Batch): void
  readonly values: readonly BesideValues[]
}

const NULL = 'null'

const countOf = ({ children, dictionary }: NestedColumn): number =>
  1 +
  children.reduce((sum, child) => sum + countOf(child), 0) +
  (dictionary === undefined ? 0 : countOf(dictionary.values))

/** The dictionaries that a column refers to, and what their values are. */
function* dictionariesOf({
  children,
  dictionary,
}: NestedColumn): Generator<readonly [id: bigint, values: NestedColumn]> {
  if (dictionary !== undefined) {
    yield* dictionariesOf(dictionary.values)
    yield [dictionary.id, dictionary.values]
  }
  for (const child of children) yield* dictionariesOf(child)
}

const createBesideReader = (payload: Uint8Array, view: DataView, columns: readonly BesideColumn[]): BesideReader => {
  const values = columns.map(({ name }) => ({ name, texts: [] as (string | undefined)[] }))
  const kinds = new Map(columns.flatMap(({ column }) => [...dictionariesOf(column)]))
  const dictionaries = new Map<bigint, string[]>()
  const out = createJsonOutput(Math.min(MOST_TEXT, MOST_TEXT_PER_BYTE * payload.length))
  const counts = columns.map(({ column }) => countOf(column))
  let room = MOST_NESTED_PER_BYTE * payload.length
  const sourceOf = (batch: Batch): JsonSource => ({ view, batch, dictionaries, out })
  const textsOf = (column: NestedColumn, batch: Batch, count: number): string[] => {
    room -= batch.count * count
    if (room < 0) throw damaged('its columns have more values than its bytes can hold')
    if (batch.count === 0) return []
    const write = jsonWriter(column, sourceOf(batch))
    return Array.from({ length: batch.count }, (_, row) => {
      write(row)
      return out.take()
    })
  }
  return {
    values,
    takeDictionary: (id, isDelta, batch) => {
      const kind = kinds.get(id)
      if (kind === undefined) return
      const texts = textsOf(kind, batch, countOf(kind))
      dictionaries.set(id, isDelta ? [...(dictionaries.get(id) ?? []), ...texts] : texts)
    },
    takeRows: (batch) => {
      columns.forEach(({ column }, c) => {
        for (const text of textsOf(column, batch, counts[c])) values[c].texts.push(text === NULL ? undefined : text)
      })
    },
  }
}

const readColumns = (
  payload: Uint8Array,
  wanted: readonly WantedColumn[],
  { further }: ForeignOptions,
): ForeignColumns => {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  let found: readonly (ForeignColumn | undefined)[] | undefined
  let measures: readonly MeasureSpec[] = []
  let beside: BesideReader | undefined
  const columns = wanted.map(noValues)
  const dictionaries = wanted.map(noValues)
  let rows = 0

  const takeSchema = (header: FlatTable, version: number): void => {
    const others = further === undefined ? NO_FURTHER_COLUMNS : findFurther(header, further === 'of-letter')
    const all = [...wanted, ...others.measures.map(({ column }) => column)]
    const places = findColumns(header, version, all, others.beside)
    found = places.columns
    if (places.beside.length > 0) beside = createBesideReader(payload, view, places.beside)
    measures = others.measures.map(({ spec }) => spec)
    columns.push(...measures.map(noValues))
    dictionaries.push(...measures.map(noValues))
  }

  const takeDictionary = (header: FlatTable, part: Part): void => {
    const [id, isDelta] = [header.int64(0), header.bool(2)]
    const batch = batchOf(header.table(1), part)
    found?.forEach((column, c) => {
      if (column?.dictionary?.id !== id) return
      if (!isDelta) dictionaries[c] = noValues()
      appendValues(view, batch, { form: column.form, node: 0, buffer: 0, viewsBefore: 0 }, dictionaries[c])
    })
    beside?.takeDictionary(id, isDelta, batch)
  }
  const takeRows = (batch: Batch): void => {
    rows += batch.count
    if (rows * LEAST_ROW_BYTES > payload.length) throw damaged('it counts more rows than its bytes can hold')
    if (rows * measures.length > payload.length * MOST_VALUES_PER_BYTE)
      throw damaged('its measures have more values than its bytes can hold')
    found!.forEach((column, c) => {
      if (column?.dictionary !== undefined) appendIndexed(view, batch, column, dictionaries[c], columns[c])
      else if (column !== undefined) appendValues(view, batch, column, columns[c])
    })
    beside?.takeRows(batch)
  }

  for (const part of partsOf(payload)) {
    const { message } = part
    const header = message.table(2)
    const type: number = message.int8(1)
    if (header === undefined) throw damaged('a message is empty')
    if (type === MessageHeader.Schema) {
      if (found !== undefined) throw damaged('it has two schemas')
      takeSchema(header, message.int16(0))
    } else if (found === undefined) throw damaged('it does not begin with a schema')
    else if (type === MessageHeader.DictionaryBatch) takeDictionary(header, part)
    else if (type === MessageHeader.RecordBatch) takeRows(batchOf(header, part))
    else throw damaged(`a message of type ${type}`)
  }
  if (found === undefined) throw damaged('it has no schema')
  return {
    rows,
    columns: wanted.map((_, c) => (found![c] === undefined ? undefined : columns[c])),
    measures: measures.map((spec, m) => ({ spec, values: columns[wanted.length + m] })),
    beside: beside?.values ?? [],
  }
}

/** Whether the value of a row is null. */
const nullsOf = (view: DataView, batch: Batch, { node }: ForeignColumn, first: number): ((i: number) => boolean) => {
  if (batch.nullCount(node) === 0) return () => false
  const [validity] = batch.buffer(first, (batch.count + 7) >> 3)
  return (i) => ((view.getUint8(validity + (i >> 3)) >> (i & 7)) & 1) === 0
}

const push = ({ values, ends }: Pick<ForeignValues, 'values' | 'ends'>, value: number, end: number): void => {
  values.push(value)
  ends.push(end)
}

const isText = ({ form }: ForeignColumn): boolean => form.kind === 'offsets' || form.kind === 'views'

const appendValues = (view: DataView, batch: Batch, column: ForeignColumn, to: ForeignValues): void => {
  const { form } = column
  // An empty batch may come without any buffers.
  if (batch.count === 0) return
  if (form.kind === 'nulls') {
    for (let i = 0; i < batch.count; i++) push(to, NaN, 0)
    return
  }
  const first = firstBuffer(batch, column)
  const isNull = nullsOf(view, batch, column, first)
  if (form.kind === 'bits') eachBit(view, batch, first, isNull, (value) => push(to, value, 0))
  else if (form.kind === 'fixed') appendFixed(view, batch, first, form, isNull, to)
  else if (form.kind === 'offsets') appendTexts(view, batch, first, form.offsetBytes, isNull, to)
  else appendViews(view, batch, first, batch.viewBuffers(column.viewsBefore), isNull, to)
}

const appendIndexed = (
  view: DataView,
  batch: Batch,
  column: ForeignColumn,
  dictionary: ForeignValues,
  to: ForeignValues,
): void => {
  if (batch.count === 0) return
  const first = firstBuffer(batch, column)
  const isNull = nullsOf(view, batch, column, first)
  const nothing = isText(column) ? 0 : NaN
  eachFixed(view, batch, first, column.dictionary!.index, isNull, (index) => {
    if (Number.isNaN(index)) return push(to, nothing, 0)
    if (index < 0 || index >= dictionary.values.length) throw damaged('a value is not in its dictionary')
    const text = dictionary.inexact.get(index)
    if (text !== undefined) to.inexact.set(to.values.length, text)
    push(to, dictionary.values[index], dictionary.ends[index])
  })
}

type Fixed = ValueForm & { readonly kind: 'fixed' }

const appendFixed = (
  view: DataView,
  batch: Batch,
  first: number,
  form: Fixed,
  isNull: (i: number) => boolean,
  to: ForeignValues,
): void => {
  const { inexact } = form
  if (inexact === undefined) return eachFixed(view, batch, first, form, isNull, (value) => push(to, value, 0))
  eachFixed(view, batch, first, form, isNull, (value, at) => {
    const text = value === value ? inexact(view, at, value) : undefined
    if (text !== undefined) to.inexact.set(to.values.length, text)
    push(to, value, 0)
  })
}

const eachFixed = (
  view: DataView,
  batch: Batch,
  first: number,
  { bytes, read }: Fixed,
  isNull: (i: number) => boolean,
  each: (value: number, at: number) => void,
): void => {
  const [values] = batch.buffer(first + 1, bytes * batch.count)
  for (let i = 0; i < batch.count; i++) each(isNull(i) ? NaN : read(view, values + bytes * i), values + bytes * i)
}

const eachBit = (
  view: DataView,
  batch: Batch,
  first: number,
  isNull: (i: number) => boolean,
  each: (value: number) => void,
): void => {
  const [bits] = batch.buffer(first + 1, (batch.count + 7) >> 3)
  for (let i = 0; i < batch.count; i++) each(isNull(i) ? NaN : (view.getUint8(bits + (i >> 3)) >> (i & 7)) & 1)
}

const appendTexts = (
  view: DataView,
  batch: Batch,
  first: number,
  offsetBytes: 4 | 8,
  isNull: (i: number) => boolean,
  to: ForeignValues,
): void => {
  const [offsets] = batch.buffer(first + 1, offsetBytes * (batch.count + 1))
  const [textsFrom, textsTo] = batch.buffer(first + 2, 0)
  const offsetAt = (i: number): number =>
    offsetBytes === 4 ? view.getInt32(offsets + 4 * i, true) : Number(view.getBigInt64(offsets + 8 * i, true))
  let start = offsetAt(0)
  if (start < 0) throw damaged('a text lies outside its buffer')
  for (let i = 0; i < batch.count; i++) {
    const end = offsetAt(i + 1)
    if (end < start) throw damaged('text offsets go backwards')
    if (textsFrom + end > textsTo) throw damaged('a text lies outside its buffer')
    if (isNull(i)) push(to, 0, 0)
    else push(to, textsFrom + start, textsFrom + end)
    start = end
  }
}

const VIEW_BYTES = 16
/** Texts of up to so many bytes are within the view. */
const INLINE_BYTES = 12

const appendViews = (
  view: DataView,
  batch: Batch,
  first: number,
  textBuffers: number,
  isNull: (i: number) => boolean,
  to: ForeignValues,
): void => {
  const [views] = batch.buffer(first + 1, VIEW_BYTES * batch.count)
  const texts = Array.from({ length: textBuffers }, (_, k) => batch.buffer(first + 2 + k, 0))
  for (let i = 0; i < batch.count; i++) {
    const at = views + VIEW_BYTES * i
    const bytes = view.getInt32(at, true)
    if (isNull(i)) push(to, 0, 0)
    else if (bytes >= 0 && bytes <= INLINE_BYTES) push(to, at + 4, at + 4 + bytes)
    else {
      const text = texts[view.getInt32(at + 8, true)]
      const offset = view.getInt32(at + 12, true)
      if (bytes < 0 || text === undefined || offset < 0 || text[0] + offset + bytes > text[1])
        throw damaged('a text lies outside its buffer')
      push(to, text[0] + offset, text[0] + offset + bytes)
    }
  }
}
