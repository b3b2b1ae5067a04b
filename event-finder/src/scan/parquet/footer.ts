import { CHUNK_COLUMNS } from '../chunk-columns.ts'
import { type Fields, readThrift, type Thrift } from './thrift.ts'

/** Where a column of a row group lies, and how its values are stored. */
export interface ColumnChunk {
  readonly offset: number
  readonly bytes: number
  readonly isZstd: boolean
  /** Rows may have no value: pages begin with definition levels. */
  readonly isOptional: boolean
  /** The statistics' least and greatest value, as the format writes them. */
  readonly min: Uint8Array | undefined
  readonly max: Uint8Array | undefined
}

/** Columns in the order of `CHUNK_COLUMNS`. */
export interface RowGroup {
  readonly rows: number
  readonly columns: readonly ColumnChunk[]
}

export interface Footer {
  readonly rowGroups: readonly RowGroup[]
}

/** The footer's own length and the closing mark. */
export const TRAILER_BYTES = 8
const MARK = 'PAR1'

/**
 * How many bytes the footer has, trailer included.
 * @param tail the last bytes of the file, at least `TRAILER_BYTES`
 * @throws RangeError for a file that is no Parquet
 */
export const footerBytesOf = (tail: Uint8Array): number => {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  const mark = String.fromCharCode(...tail.subarray(-MARK.length))
  if (tail.length < TRAILER_BYTES || mark !== MARK) throw new RangeError('it is no Parquet file')
  return view.getUint32(tail.length - TRAILER_BYTES, true) + TRAILER_BYTES
}

/** A row group is unpacked as a whole. */
const MAX_GROUP_ROWS = 1 << 24

const PHYSICAL = { int32: 1, int64: 2, float: 4, bytes: 6 }
const CODECS = { none: 0, zstd: 6 }
const LOGICAL = { text: 1, decimal: 5, timestamp: 8 }
const UNIT_MICROS = 2

const numberOf = (value: Thrift | undefined): number => (typeof value === 'number' ? value : -1)
const fieldsOf = (value: Thrift | undefined): Fields => (typeof value === 'object' ? (value as Fields) : {})
const listOf = (value: Thrift | undefined): readonly Fields[] => (Array.isArray(value) ? (value as Fields[]) : [])
const bytesOf = (value: Thrift | undefined): Uint8Array | undefined => (value instanceof Uint8Array ? value : undefined)

const decoder = new TextDecoder()

/** Whether a column is of the table's type, and stored as it usually is. */
const isUsual = (column: number, element: Fields): boolean => {
  const type = numberOf(element[1])
  const logical = fieldsOf(element[10])
  switch (CHUNK_COLUMNS[column]) {
    case 'vehicle_id':
    case 'vehicle_type':
      return type === PHYSICAL.bytes && (logical[LOGICAL.text] !== undefined || numberOf(element[6]) === 0)
    case 'event_time': {
      const unit = fieldsOf(fieldsOf(logical[LOGICAL.timestamp])[2])
      return type === PHYSICAL.int64 && unit[UNIT_MICROS] !== undefined
    }
    case 'longitude':
    case 'latitude':
      return type === PHYSICAL.int32 && numberOf(fieldsOf(logical[LOGICAL.decimal])[1]) === 6
    default:
      return type === PHYSICAL.float
  }
}

/**
 * What a file's footer tells of the table's columns.
 * @param bytes end with the file
 * @returns undefined for a file that is Parquet of another kind: nested, of other types or codecs, without a column, or with vast row groups
 * @throws RangeError for damaged metadata
 */
export const parseFooter = (bytes: Uint8Array): Footer | undefined => {
  const { fields: file } = readThrift(bytes, bytes.length - footerBytesOf(bytes))
  const elements = listOf(file[2]).slice(1)
  if (elements.some((element) => element[5] !== undefined)) return undefined
  const names = elements.map((element) => decoder.decode(bytesOf(element[4])))
  const places = CHUNK_COLUMNS.map((name) => names.indexOf(name))
  if (places.some((place, column) => place < 0 || !isUsual(column, elements[place]))) return undefined
  const rowGroups: RowGroup[] = []
  for (const group of listOf(file[4])) {
    const columns = listOf(group[1])
    const chunks = places.map((place) => columnOf(fieldsOf(columns[place]?.[3]), numberOf(elements[place][3]) === 1))
    const rows = numberOf(group[3])
    if (!chunks.every((chunk) => chunk !== undefined) || !(rows >= 0 && rows <= MAX_GROUP_ROWS)) return undefined
    rowGroups.push({ rows, columns: chunks })
  }
  return { rowGroups }
}

const columnOf = (metadata: Fields, isOptional: boolean): ColumnChunk | undefined => {
  const codec = numberOf(metadata[4])
  if (codec !== CODECS.none && codec !== CODECS.zstd) return undefined
  const statistics = fieldsOf(metadata[12])
  const [data, dictionary] = [numberOf(metadata[9]), numberOf(metadata[11])]
  return {
    // Some writers leave 0 where there is no dictionary.
    offset: dictionary > 0 ? Math.min(dictionary, data) : data,
    bytes: numberOf(metadata[7]),
    isZstd: codec === CODECS.zstd,
    isOptional,
    min: bytesOf(statistics[6]),
    max: bytesOf(statistics[5]),
  }
}
