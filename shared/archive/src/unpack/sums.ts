import { bytesOf, type Fields, listOf } from './thrift.ts'

/** The key under which our own writer keeps checksums in a file's metadata. */
export const SUMS_KEY = 'fleetlake.crc32'
/** What that writer calls itself: others copy keys that they do not know into files of their own, where the sums are wrong. */
export const CREATED_BY = 'Fleetlake'
/** Hexadecimal digits of a CRC-32. */
export const SUM_DIGITS = 8

/** Checksums, CRC-32, of what no page's own covers. */
export interface Sums {
  /** Of the metadata but for the digits of this one. */
  readonly footer: number
  readonly footerAt: Uint8Array
  /** Of the headers of each column's pages, row group by row group. */
  readonly headers: Uint32Array
}

const decoder = new TextDecoder()

/** The checksums of a file's metadata; undefined for a file of others, or one written before there were any. */
export const readSums = (file: Fields): Sums | undefined => {
  if (decoder.decode(bytesOf(file[6])) !== CREATED_BY) return undefined
  const pair = listOf(file[5]).find((entry) => decoder.decode(bytesOf(entry[1])) === SUMS_KEY)
  if (pair === undefined) return undefined
  const text = bytesOf(pair[2])
  const footer = text && Number.parseInt(decoder.decode(text.subarray(0, SUM_DIGITS)), 16)
  if (text === undefined || footer === undefined || !Number.isInteger(footer)) {
    throw new RangeError('its metadata are damaged: their checksum can not be read')
  }
  const bytes = Uint8Array.from(Buffer.from(decoder.decode(text.subarray(SUM_DIGITS)), 'base64'))
  return {
    footer,
    footerAt: text.subarray(0, SUM_DIGITS),
    headers: new Uint32Array(bytes.buffer, 0, bytes.length >> 2),
  }
}
