import xxhash from 'xxhash-wasm'
import type { Bytes } from './bytes.ts'
import { type Fields, fieldsOf, i32, numberOf, readThrift, struct, writeStruct } from './thrift.ts'

/**
 * The format's split block Bloom filter: blocks of eight words, in each of which a key sets one bit.
 * https://github.com/apache/parquet-format/blob/master/BloomFilter.md
 */

/** The two halves of a key's xxHash64. */
export interface KeyHash {
  /** Unsigned; chooses the block. */
  readonly high: number
  /** Chooses the bits. */
  readonly low: number
}

const { h64Raw } = await xxhash()

export const hashKey = (bytes: Uint8Array): KeyHash => {
  const hash = h64Raw(bytes)
  return { high: Number(hash >> 32n), low: Number(BigInt.asIntN(32, hash)) }
}

/** One in eighty keys that are not there is taken to be there. */
const BITS_PER_KEY = 10
const BLOCK_BYTES = 32
const WORD_BITS = 32
/** Nothing that writers make for a row group comes near; the number of a block stays exact. */
const MOST_BYTES = 16 * 1024 * 1024
const SALTS = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31] as const

const blockAt = ({ high }: KeyHash, bytes: number): number =>
  Math.floor((high * (bytes / BLOCK_BYTES)) / 2 ** 32) * BLOCK_BYTES

/** The byte of a word, little-endian, that holds a key's bit, and that bit. */
const eachBit = ({ low }: KeyHash, see: (byte: number, bit: number) => boolean): boolean => {
  for (let word = 0; word < SALTS.length; word++) {
    const bit = Math.imul(low, SALTS[word]) >>> 27
    if (!see(4 * word + (bit >> 3), 1 << (bit & 7))) return false
  }
  return true
}

export const makeFilter = (keys: readonly Uint8Array[]): Uint8Array => {
  const blocks = Math.max(1, Math.ceil((keys.length * BITS_PER_KEY) / (WORD_BITS * SALTS.length)))
  const filter = new Uint8Array(blocks * BLOCK_BYTES)
  for (const key of keys) {
    const hash = hashKey(key)
    const block = blockAt(hash, filter.length)
    eachBit(hash, (byte, bit) => {
      filter[block + byte] |= bit
      return true
    })
  }
  return filter
}

/** Never no for a key that is in it. */
export const mayHoldKey = (filter: Uint8Array, hash: KeyHash): boolean => {
  const block = blockAt(hash, filter.length)
  return eachBit(hash, (byte, bit) => (filter[block + byte] & bit) !== 0)
}

/** As it lies in a file: its header, then its blocks. */
export const writeFilter = (out: Bytes, filter: Uint8Array): void => {
  // Of each of algorithm, hash and compression the format knows one.
  const first = struct([1, struct()])
  writeStruct(out, {
    fields: [
      [1, i32(filter.length)],
      [2, first],
      [3, first],
      [4, first],
    ],
  })
  out.append(filter)
}

const isFirst = (union: Fields): boolean => union[1] !== undefined

/**
 * @param bytes begin with its header
 * @returns undefined for a filter of a kind that is not known, or that is not whole
 */
export const readFilter = (bytes: Uint8Array): Uint8Array | undefined => {
  const { fields, end } = readThrift(bytes, 0)
  const size = numberOf(fields[1])
  if (![fields[2], fields[3], fields[4]].every((union) => isFirst(fieldsOf(union)))) return undefined
  if (!(size > 0 && size <= MOST_BYTES && size % BLOCK_BYTES === 0 && end + size <= bytes.length)) return undefined
  return bytes.subarray(end, end + size)
}
