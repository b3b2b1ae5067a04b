import { FleetError } from '@fleetlake/core'
import { MessageHeader } from 'apache-arrow/fb/message-header'
import { damaged } from './damaged.ts'
import { type FlatTable, rootTable } from './flat-table.ts'
import type { MeasureSpec } from '../measures.ts'
import { findColumns, findMeasures, type ForeignColumn, type ValueForm, type WantedColumn } from './foreign-schema.ts'

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
  /** Those of `withMeasures`, in the order of the stream. */
  readonly measures: readonly { readonly spec: MeasureSpec; readonly values: ForeignValues }[]
}

/** A value a row: of a text, where it begins and ends in the stream, 0 and 0 for null; else the number, NaN for null, and 0. */
export interface ForeignValues {
  readonly values: number[]
  readonly ends: number[]
}

/** A row takes 8 bytes for its time alone, in all but the oddest layouts. */
const LEAST_ROW_BYTES = 8
/** Columns may share their buffers, and a boolean takes a bit: so many values of measures a byte are more than an honest stream has. */
export const MOST_VALUES_PER_BYTE = 4

const noValues = (): ForeignValues => ({ values: [], ends: [] })

/**
 * @param withMeasures reads the stream's measures too
 * @throws FleetError `arrow.invalid`
 */
export const readForeignColumns = (
  payload: Uint8Array,
  wanted: readonly WantedColumn[],
  { withMeasures = false }: { readonly withMeasures?: boolean } = {},
): ForeignColumns => {
  try {
    return readColumns(payload, wanted, withMeasures)
  } catch (error) {
    if (error instanceof FleetError) throw error
    throw new FleetError('arrow.invalid', 'not an Arrow IPC stream', { cause: error })
  }
}

interface Part {
  readonly message: FlatTable
  readonly from: number
  readonly to: number
}

/** The messages of a stream, and where the body of each is. */
function* partsOf(payload: Uint8Array): Generator<Part> {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  let at = 0
  while (at + 8 <= payload.length) {
    if (view.getUint32(at, true) !== 0xffffffff) throw damaged('a message does not start with the continuation marker')
    const metadataBytes = view.getInt32(at + 4, true)
    if (metadataBytes === 0) return
    const from = at + 8 + metadataBytes
    if (metadataBytes < 0 || from > payload.length) throw damaged('a message reaches beyond the end')
    const message = rootTable(payload.subarray(at + 8, from))
    const to = from + Number(message.int64(3))
    if (to < from || to > payload.length) throw damaged('a body reaches beyond the end')
    yield { message, from, to }
    at = to
  }
}

const readColumns = (payload: Uint8Array, wanted: readonly WantedColumn[], withMeasures: boolean): ForeignColumns => {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  let found: (ForeignColumn | undefined)[] | undefined
  let measures: readonly MeasureSpec[] = []
  const columns = wanted.map(noValues)
  const dictionaries = wanted.map(noValues)
  let rows = 0

  const takeSchema = (header: FlatTable, version: number): void => {
    const further = withMeasures ? findMeasures(header) : []
    found = findColumns(header, version, [...wanted, ...further.map(({ column }) => column)])
    measures = further.map(({ spec }) => spec)
    columns.push(...further.map(noValues))
    dictionaries.push(...further.map(noValues))
  }

  const takeDictionary = (header: FlatTable, part: Part): void => {
    const [id, isDelta] = [header.int64(0), header.bool(2)]
    const batch = batchOf(header.table(1), part)
    found?.forEach((column, c) => {
      if (column?.dictionary?.id !== id) return
      if (!isDelta) dictionaries[c] = noValues()
      appendValues(view, batch, { form: column.form, node: 0, buffer: 0, viewsBefore: 0 }, dictionaries[c])
    })
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
  }
}

/** A record batch, or the values of a dictionary, whose parts are checked as they are asked for. */
interface Batch {
  readonly count: number
  /** @throws FleetError unless it has all rows of the batch */
  nullCount(node: number): number
  /** Where a buffer is in the stream; it holds `leastBytes` at least. */
  buffer(index: number, leastBytes: number): readonly [from: number, to: number]
  /** How many buffers the `n`th column of views has beside those that all have. */
  viewBuffers(n: number): number
}

const batchOf = (header: FlatTable | undefined, { from, to }: Part): Batch => {
  if (header === undefined) throw damaged('a batch is empty')
  if (header.has(3)) throw new FleetError('arrow.invalid', 'the Arrow batch is compressed: send it without compression')
  const count = Number(header.int64(0))
  if (count < 0 || count > to - from) throw damaged('it counts more rows than it holds bytes')
  const [nodes, buffers, viewCounts] = [header.vector(1, 16), header.vector(2, 16), header.vector(4, 8)]
  return {
    count,
    nullCount: (node) => {
      if (node >= nodes.length) throw damaged(`column ${node} is missing`)
      const [length, nulls] = [Number(nodes.int64(2 * node)), Number(nodes.int64(2 * node + 1))]
      if (length !== count || nulls < 0 || nulls > count) throw damaged(`column ${node} has another number of rows`)
      return nulls
    },
    buffer: (index, leastBytes) => {
      if (index >= buffers.length) throw damaged(`buffer ${index} is missing`)
      const [offset, bytes] = [Number(buffers.int64(2 * index)), Number(buffers.int64(2 * index + 1))]
      if (offset < 0 || bytes < leastBytes || from + offset + bytes > to) throw damaged(`buffer ${index} does not fit`)
      return [from + offset, from + offset + bytes]
    },
    viewBuffers: (n) => {
      const more = Number(viewCounts.int64(n))
      if (more < 0 || more > buffers.length) throw damaged('a column of views has too many buffers')
      return more
    },
  }
}

/** Where the buffers of a column begin. */
const firstBuffer = (batch: Batch, { buffer, viewsBefore }: ForeignColumn): number => {
  let first = buffer
  for (let n = 0; n < viewsBefore; n++) first += batch.viewBuffers(n)
  return first
}

/** Whether the value of a row is null. */
const nullsOf = (view: DataView, batch: Batch, { node }: ForeignColumn, first: number): ((i: number) => boolean) => {
  if (batch.nullCount(node) === 0) return () => false
  const [validity] = batch.buffer(first, (batch.count + 7) >> 3)
  return (i) => ((view.getUint8(validity + (i >> 3)) >> (i & 7)) & 1) === 0
}

const push = ({ values, ends }: ForeignValues, value: number, end: number): void => {
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
  else if (form.kind === 'fixed') eachFixed(view, batch, first, form, isNull, (value) => push(to, value, 0))
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
    push(to, dictionary.values[index], dictionary.ends[index])
  })
}

type Fixed = ValueForm & { readonly kind: 'fixed' }

const eachFixed = (
  view: DataView,
  batch: Batch,
  first: number,
  { bytes, read }: Fixed,
  isNull: (i: number) => boolean,
  each: (value: number) => void,
): void => {
  const [values] = batch.buffer(first + 1, bytes * batch.count)
  for (let i = 0; i < batch.count; i++) each(isNull(i) ? NaN : read(view, values + bytes * i))
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
