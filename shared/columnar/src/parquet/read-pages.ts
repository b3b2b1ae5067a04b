import { crc32 } from 'node:zlib'
import { type Reader, readerOf, readVarint } from './bytes.ts'
import { unpackBytes } from './page-codecs.ts'
import { ENCODING, nameOf, PAGE, PAGE_FIELD } from './format.ts'
import type { ColumnChunk } from './read-footer.ts'
import { readRuns } from './runs.ts'
import { type Fields, readThrift } from './thrift.ts'

export type PageEncoding = 'plain' | 'rle' | 'dictionary' | 'delta' | 'delta-lengths' | 'delta-bytes' | 'split-bytes'

/** A page's values, unpacked. */
export interface Page {
  readonly kind: 'dictionary' | 'data'
  readonly encoding: PageEncoding
  /** Of a data page the rows, whether they have a value or not. */
  readonly rows: number
  /** 1 for each row with a value, when some have none. */
  readonly present: Int32Array | undefined
  readonly values: Reader
  readonly count: number
}

const kindOf = nameOf(PAGE)
const encodingNamed = nameOf(ENCODING)

/** Of a text's length. */
const LENGTH_BYTES = 4

const encodingOf = (id: unknown): PageEncoding => {
  const encoding = encodingNamed(Number(id))
  if (encoding === 'plain-dictionary') return 'dictionary'
  if (encoding === undefined) throw new RangeError(`values in the unknown encoding ${String(id)}`)
  return encoding
}

const number = (value: unknown): number => {
  if (typeof value === 'number' && value >= 0) return value
  throw new RangeError('a page without its length')
}

/** The definition levels of rows that may have no value. */
const presenceOf = (levels: Uint8Array, rows: number): { present: Int32Array | undefined; count: number } => {
  // One run of rows with a value is the rule.
  const reader = readerOf(levels)
  const head = readVarint(reader)
  if (head % 2 === 0 && head / 2 >= rows && levels[reader.at] === 1) return { present: undefined, count: rows }
  const present = new Int32Array(rows)
  readRuns(readerOf(levels), 1, present, 0, rows)
  let count = 0
  for (let i = 0; i < rows; i++) count += present[i]
  return { present: count === rows ? undefined : present, count }
}

/** The header of a page, and its column. */
interface PageSource {
  readonly header: Fields
  readonly body: Uint8Array
  /** Unpacked, levels included. */
  readonly size: number
  readonly column: ColumnChunk
  /** That the column has left. */
  readonly rowsLeft: number
}

const rowsOfPage = ({ header, rowsLeft }: PageSource): number => {
  const rows = number(header[1])
  if (rows > rowsLeft) throw new RangeError('a column has more rows than its row group')
  return rows
}

const pageV2 = (source: PageSource): Page => {
  const { header, body, size, column } = source
  const { codec, isOptional } = column
  const rows = rowsOfPage(source)
  const levelBytes = number(header[5])
  if (number(header[6]) > 0) throw new RangeError('a page of a nested column')
  const packed = body.subarray(levelBytes)
  const isPacked = codec !== 'none' && header[7] !== false
  const { present, count } = isOptional
    ? presenceOf(body.subarray(0, levelBytes), rows)
    : { present: undefined, count: rows }
  const values =
    isPacked && count > 0 ? unpackBytes(codec, packed, number(size - (body.length - packed.length))) : packed
  return { kind: 'data', encoding: encodingOf(header[4]), rows, present, values: readerOf(values), count }
}

const pageV1 = (source: PageSource): Page => {
  const { header, body, size, column } = source
  const { codec, isOptional } = column
  const rows = rowsOfPage(source)
  const unpacked = unpackBytes(codec, body, size)
  const values = readerOf(unpacked)
  if (!isOptional)
    return { kind: 'data', encoding: encodingOf(header[2]), rows, present: undefined, values, count: rows }
  if (header[3] !== ENCODING.rle) throw new RangeError('definition levels in a deprecated encoding')
  const levelBytes = values.view.getUint32(0, true)
  if (levelBytes > unpacked.length - 4) throw new RangeError('definition levels reach beyond their page')
  const { present, count } = presenceOf(unpacked.subarray(4, 4 + levelBytes), rows)
  values.at = 4 + levelBytes
  return { kind: 'data', encoding: encodingOf(header[2]), rows, present, values, count }
}

const dictionaryPage = ({ header, body, size, column }: PageSource): Page => {
  const values = readerOf(unpackBytes(column.codec, body, size))
  const count = number(header[1])
  if (column.form.physical === 'boolean') throw new RangeError('a dictionary of booleans')
  if (count * (column.form.width || LENGTH_BYTES) > values.bytes.length)
    throw new RangeError('a dictionary has more values than bytes')
  return { kind: 'dictionary', encoding: encodingOf(header[2]), rows: 0, present: undefined, values, count }
}

/** Nothing that writers make comes near; a page that claims more is not made room for. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024

/**
 * The pages of a column of `rows` rows, one unpacked at a time. Invariant: of a page that carries a checksum no value is given unless it fits.
 * @throws RangeError for damaged bytes, and for other rows than those
 */
export function* readPages(bytes: Uint8Array, column: ColumnChunk, rows: number): Generator<Page> {
  let [rowsLeft, headersCrc, pages] = [rows, 0, 0]
  const { headerSums } = column
  for (let at = 0; at < bytes.length;) {
    const { fields, end } = readThrift(bytes, at)
    if (column.headersCrc !== undefined) headersCrc = crc32(bytes.subarray(at, end), headersCrc)
    if (headerSums !== undefined && crc32(bytes.subarray(at, end)) !== headerSums.at(pages++)) throw damagedHeader()
    const [size, packedSize] = [number(fields[2]), number(fields[3])]
    if (end + packedSize > bytes.length) throw new RangeError('a page reaches beyond its column')
    if (size > MAX_PAGE_BYTES) throw new RangeError(`a page of ${size} bytes`)
    at = end + packedSize
    const kind = kindOf(Number(fields[1]))
    // An index page: nothing that is needed.
    if (kind === undefined) continue
    const header = fields[PAGE_FIELD[kind]] as Fields | undefined
    if (header === undefined) throw new RangeError('a page without its header')
    const body = bytes.subarray(end, at)
    if (fields[4] !== undefined && (crc32(body) | 0) !== fields[4])
      throw new RangeError('a page is damaged: its checksum does not fit')
    const page = READERS[kind]({ header, body, size, column, rowsLeft })
    rowsLeft -= page.rows
    yield page
  }
  if (rowsLeft > 0) throw new RangeError(`a column has ${rows - rowsLeft} rows, its row group ${rows}`)
  if (column.headersCrc !== undefined && column.headersCrc !== headersCrc) {
    throw damagedHeader()
  }
}

const damagedHeader = (): RangeError =>
  new RangeError('the headers of its pages are damaged: their checksum does not fit')

const READERS = { data: pageV1, dictionary: dictionaryPage, 'data-v2': pageV2 }
