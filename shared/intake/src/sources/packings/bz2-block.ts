import type { Bits, BitState } from './bz2-bits.ts'

/**
 * Blocks of bzip2. https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf
 * Of our own: the libraries that there are never end on a run whose length overflows, and hold a block's bytes as numbers.
 */

const MOST_LENGTH = 20
const MOST_SYMBOLS = 258
const GROUP = 50
/** Codes of up to so many bits are looked up. */
const FAST_BITS = 10
/** Of a symbol and its length in a table. */
const LENGTH_BITS = 5
const PIECE_BYTES = 64 * 1024

const damaged = (): RangeError => new RangeError('it is damaged')

/** CRC-32 with the highest bit first, as bzip2 has it. */
const SUMS = Int32Array.from({ length: 256 }, (_, i) => {
  let sum = i << 24
  for (let k = 0; k < 8; k++) sum = sum < 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1
  return sum
})

interface Huffman {
  /** By the next bits: the symbol and its length; 0 for a longer one. */
  readonly fast: Int32Array
  /** By length: the greatest code, and what is taken from a code for the place of its symbol. */
  readonly limits: Int32Array
  readonly bases: Int32Array
  readonly symbols: Uint16Array
}

const huffmanOf = (lengths: Uint8Array): Huffman => {
  const counts = new Int32Array(MOST_LENGTH + 2)
  for (const length of lengths) counts[length]++
  const symbols = new Uint16Array(lengths.length)
  const limits = new Int32Array(MOST_LENGTH + 2).fill(-1)
  const bases = new Int32Array(MOST_LENGTH + 2)
  const fast = new Int32Array(1 << FAST_BITS)
  let [code, place] = [0, 0]
  for (let length = 1; length <= MOST_LENGTH; length++) {
    bases[length] = code - place
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue
      symbols[place++] = symbol
      if (length <= FAST_BITS) {
        const from = code << (FAST_BITS - length)
        if (from >= fast.length) throw damaged()
        fast.fill((symbol << LENGTH_BITS) | length, from, from + (1 << (FAST_BITS - length)))
      }
      code++
    }
    if (counts[length] > 0) limits[length] = code - 1
    if (code > 1 << length) throw damaged()
    code <<= 1
  }
  return { fast, limits, bases, symbols }
}

/** The next symbol; its bits are behind the state afterwards. */
const readSymbol = (state: BitState, { fast, limits, bases, symbols }: Huffman): number => {
  const { bytes } = state
  while (state.held < MOST_LENGTH && state.at < bytes.length) {
    state.buffer = (state.buffer << 8) | bytes[state.at++]
    state.held += 8
  }
  const { buffer, held } = state
  const found =
    fast[(held >= FAST_BITS ? buffer >>> (held - FAST_BITS) : buffer << (FAST_BITS - held)) & ((1 << FAST_BITS) - 1)]
  if (found !== 0) {
    const length = found & ((1 << LENGTH_BITS) - 1)
    if (length > held) throw new RangeError('it ends too early')
    state.held = held - length
    return found >> LENGTH_BITS
  }
  for (let length = FAST_BITS + 1; length <= MOST_LENGTH; length++) {
    if (length > held) throw new RangeError('it ends too early')
    const code = (buffer >>> (held - length)) & ((1 << length) - 1)
    if (code <= limits[length]) {
      state.held = held - length
      return symbols[code - bases[length]]
    }
  }
  throw damaged()
}

const readUsed = ({ read }: Bits): number[] => {
  const groups = read(16)
  const used: number[] = []
  for (let g = 0; g < 16; g++) {
    if (((groups >> (15 - g)) & 1) === 0) continue
    const bits = read(16)
    for (let i = 0; i < 16; i++) if (((bits >> (15 - i)) & 1) === 1) used.push(16 * g + i)
  }
  if (used.length === 0) throw damaged()
  return used
}

const readSelectors = ({ read }: Bits, tables: number): Uint8Array => {
  const selectors = new Uint8Array(read(15))
  if (selectors.length === 0) throw damaged()
  const order = Uint8Array.from({ length: tables }, (_, i) => i)
  for (let i = 0; i < selectors.length; i++) {
    let place = 0
    while (read(1) === 1) if (++place >= tables) throw damaged()
    const table = order[place]
    order.copyWithin(1, 0, place)
    order[0] = table
    selectors[i] = table
  }
  return selectors
}

const readTable = ({ read }: Bits, symbols: number): Huffman => {
  const lengths = new Uint8Array(symbols)
  let length = read(5)
  for (let i = 0; i < symbols; i++) {
    while (true) {
      if (length < 1 || length > MOST_LENGTH) throw damaged()
      if (read(1) === 0) break
      length += read(1) === 0 ? 1 : -1
    }
    lengths[i] = length
  }
  return huffmanOf(lengths)
}

/** Symbols as bytes, the first column of the transform, with its counts. @returns how many */
const readColumn = (bits: Bits, to: Int32Array, most: number, counts: Int32Array): number => {
  const used = readUsed(bits)
  const tables = bits.read(3)
  if (tables < 2 || tables > 6) throw damaged()
  const selectors = readSelectors(bits, tables)
  const symbols = used.length + 2
  if (symbols > MOST_SYMBOLS) throw damaged()
  const huffman = Array.from({ length: tables }, () => readTable(bits, symbols))
  const order = Uint8Array.from(used)
  const { state } = bits
  const end = symbols - 1
  let [count, run, weight] = [0, 0, 1]
  const endRun = (): void => {
    if (count + run > most) throw damaged()
    const byte = order[0]
    counts[byte] += run
    to.fill(byte, count, count + run)
    count += run
    run = 0
    weight = 1
  }
  for (const selector of selectors) {
    const table = huffman[selector]
    for (let i = 0; i < GROUP; i++) {
      const symbol = readSymbol(state, table)
      if (symbol <= 1) {
        // Digits of the run's length, 1 and 2, the lowest first.
        run += weight << symbol
        weight <<= 1
        if (run > most) throw damaged()
        continue
      }
      if (run > 0) endRun()
      if (symbol === end) return count
      if (count >= most) throw damaged()
      const place = symbol - 1
      const byte = order[place]
      order.copyWithin(1, 0, place)
      order[0] = byte
      counts[byte]++
      to[count++] = byte
    }
  }
  throw damaged()
}

/** A block, read from behind its mark on. */
export interface Block {
  readonly sum: number
  /** Its bytes, piece by piece. @throws RangeError at the end unless the checksum fits */
  pieces(): Generator<Uint8Array>
}

/** @param links room for as many numbers as a block may have bytes; it is the block's until its last piece was taken */
export const readBlock = (bits: Bits, links: Int32Array): Block => {
  const sum = (bits.read(16) << 16) | bits.read(16)
  if (bits.read(1) === 1) throw new RangeError('it is of a version before 1.0: pack it again')
  const start = bits.read(24)
  const counts = new Int32Array(256)
  const count = readColumn(bits, links, links.length, counts)
  if (start >= count) throw damaged()
  // Each byte is linked to the one that follows it.
  let at = 0
  for (let byte = 0; byte < 256; byte++) {
    const next = at + counts[byte]
    counts[byte] = at
    at = next
  }
  for (let i = 0; i < count; i++) links[counts[links[i] & 255]++] |= i << 8
  return { sum, pieces: () => piecesOf(links, { start, count, sum }) }
}

function* piecesOf(
  links: Int32Array,
  { start, count, sum: expected }: { readonly start: number; readonly count: number; readonly sum: number },
): Generator<Uint8Array> {
  let piece = new Uint8Array(PIECE_BYTES)
  let filled = 0
  let sum = -1
  let [link, last, same] = [links[start] >>> 8, -1, 0]
  for (let i = 0; i < count; i++) {
    const entry = links[link]
    const byte = entry & 255
    link = entry >>> 8
    if (same === 4) {
      // Four of a kind are followed by how many more there are.
      for (let left = byte; left > 0; left--) {
        sum = (sum << 8) ^ SUMS[(sum >>> 24) ^ last]
        piece[filled++] = last
      }
      same = 0
      last = -1
    } else {
      same = byte === last ? same + 1 : 1
      last = byte
      sum = (sum << 8) ^ SUMS[(sum >>> 24) ^ byte]
      piece[filled++] = byte
    }
    if (filled > PIECE_BYTES - 256) {
      yield piece.subarray(0, filled)
      piece = new Uint8Array(PIECE_BYTES)
      filled = 0
    }
  }
  if (~sum !== expected) throw new RangeError('it is damaged: a checksum does not fit')
  if (filled > 0) yield piece.subarray(0, filled)
}
