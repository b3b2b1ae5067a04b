import { bytesOf, type Fields, listOf, type Thrift } from './thrift.ts'

/** The key under which our own writer keeps checksums in a file's metadata. */
export const SUMS_KEY = 'fleetlake.crc32'
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
}

const bufferOf = (value: Thrift | undefined): Buffer | undefined => {
  const bytes = bytesOf(value)
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

const [KEY, CREATOR, ROOT] = [SUMS_KEY, CREATED_BY, ROOT_NAME].map((name) => Buffer.from(name))

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
  const bytes = Buffer.from(text.toString('latin1', SUM_DIGITS), 'base64')
  const headers = new Uint32Array(bytes.length >> 2)
  for (let i = 0; i < headers.length; i++) headers[i] = bytes.readUInt32LE(4 * i)
  return { footer, footerAt: text.subarray(0, SUM_DIGITS), headers }
}

/** What our writer keeps, with zeros in the place of the footer's own. */
export const formatSums = (headers: readonly number[]): string =>
  '0'.repeat(SUM_DIGITS) + Buffer.from(Uint32Array.from(headers).buffer).toString('base64')
