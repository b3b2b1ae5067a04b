import { crc32 } from 'node:zlib'
import { bytesOf, type Fields, listOf, type Thrift } from './thrift.ts'

/** The key under which our own writer keeps checksums in a file's metadata. */
export const SUMS_KEY = 'fleetlake.crc32'
/** The key under which it keeps those of filters and page indexes, in files that have them. */
export const INDEX_SUMS_KEY = 'fleetlake.index'
/** What that writer calls itself: others copy keys that they do not know into files of their own, where the sums are wrong. */
export const CREATED_BY = 'Fleetlake'
/** The root of its schema, far from the key: a file of this name must have sums, so that damage to the key alone does not hide other damage. */
export const ROOT_NAME = 'fleetlake'
/** Hexadecimal digits of a CRC-32. */
export const SUM_DIGITS = 8
const DIGITS = /^[0-9a-f]{8}$/

/** Checksums, CRC-32, of what no page's own covers. */
export interface Sums {
  /** Of the metadata but for the digits of this one. */
  readonly footer: number
  readonly footerAt: Uint8Array
  /** Of the headers of each column's pages, in the order of the file, row group by row group. */
  readonly headers: Uint32Array
  /** Of each row group's filter and page index; undefined for a file without. */
  readonly indexes: readonly GroupSums[] | undefined
}

/** Of the filter of a row group, and of the block that its page index and the checksums of its pages' headers are. */
export interface GroupSums {
  readonly filter: number
  readonly blockBytes: number
  readonly block: number
}

const bufferOf = (value: Thrift | undefined): Buffer | undefined => {
  const bytes = bytesOf(value)
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

const [KEY, INDEX_KEY, CREATOR, ROOT] = [SUMS_KEY, INDEX_SUMS_KEY, CREATED_BY, ROOT_NAME].map((name) =>
  Buffer.from(name),
)

/** The checksums of a file's metadata; undefined for a file of others, or one written before there were any. */
export const readSums = (file: Fields): Sums | undefined => {
  const mustHave = bufferOf(listOf(file[2])[0]?.[4])?.equals(ROOT) === true
  if (!mustHave && bufferOf(file[6])?.equals(CREATOR) !== true) return undefined
  const pair = listOf(file[5]).find((entry) => bufferOf(entry[1])?.equals(KEY))
  if (pair === undefined) {
    if (mustHave) throw new RangeError('its metadata are damaged: their checksum is missing')
    return undefined
  }
  const text = bufferOf(pair[2])
  const digits = text?.toString('latin1', 0, SUM_DIGITS)
  // A blank for a zero, or a capital letter, would be the same number: damage too.
  if (text === undefined || digits === undefined || !DIGITS.test(digits)) {
    throw new RangeError('its metadata are damaged: their checksum can not be read')
  }
  const footer = Number.parseInt(digits, 16)
  const headers = readWords(text.toString('latin1', SUM_DIGITS))
  const indexes = listOf(file[5]).find((entry) => bufferOf(entry[1])?.equals(INDEX_KEY))
  return {
    footer,
    footerAt: text.subarray(0, SUM_DIGITS),
    headers,
    indexes: indexes && readGroupSums(readWords(bufferOf(indexes[2])?.toString('latin1') ?? '')),
  }
}

const readWords = (base64: string): Uint32Array => {
  const bytes = Buffer.from(base64, 'base64')
  return Uint32Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readUInt32LE(4 * i))
}

const writeWords = (words: readonly number[]): string => Buffer.from(Uint32Array.from(words).buffer).toString('base64')

const readGroupSums = (words: Uint32Array): GroupSums[] =>
  Array.from({ length: Math.floor(words.length / 3) }, (_, i) => {
    const [filter, blockBytes, block] = words.subarray(3 * i)
    return { filter, blockBytes, block }
  })

export const formatGroupSums = (sums: readonly GroupSums[]): string =>
  writeWords(sums.flatMap(({ filter, blockBytes, block }) => [filter, blockBytes, block]))

/** What our writer keeps, with zeros in the place of the footer's own. */
export const formatSums = (headers: readonly number[]): string => '0'.repeat(SUM_DIGITS) + writeWords(headers)

/** @throws RangeError for bytes that are not those that were written */
export const checkSum = (bytes: Uint8Array, sum: number, what: string): void => {
  if (crc32(bytes) !== sum) throw new RangeError(`${what} is damaged: its checksum does not fit`)
}

/**
 * What a filter or an index of a row group says.
 * @param indexSums of the row group: undefined in a file of others, whose bytes nothing vouches for
 * @returns undefined where bytes of others make no sense: they count for nothing, since the rows can be read without
 * @throws RangeError for bytes of ours that make none
 */
export const whatIsTold = <Told>(indexSums: GroupSums | undefined, read: () => Told): Told | undefined => {
  try {
    return read()
  } catch (error) {
    if (indexSums === undefined && error instanceof RangeError) return undefined
    throw error
  }
}
