import { createBits } from './bz2-bits.ts'
import { readBlock } from './bz2-block.ts'

/** Digits of π begin a block, those of its root end a stream. */
const BLOCK_MARK = [0x314159, 0x265359] as const
const END_MARK = [0x177245, 0x385090] as const
const STREAM_MARK = 0x425a68
const LEVEL_BYTES = 100_000
/** A block's symbols take 20 bits at most, and its tables little: so much of the input is waited for. */
const MOST_BLOCK_BYTES = 2.6

/** Bytes of bzip2 streams, one after the other. @throws RangeError for damaged ones, and for those that end too early */
export async function* unpackBz2(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bits = createBits()
  const iterator = chunks[Symbol.asyncIterator]()
  let isEnded = false
  /** Waits for so many bytes, or for the end. */
  const gather = async (least: number): Promise<void> => {
    const pieces: Uint8Array[] = []
    let total = bits.ahead()
    while (!isEnded && total < least) {
      const next = await iterator.next()
      if (next.done === true) isEnded = true
      else {
        pieces.push(next.value)
        total += next.value.length
      }
    }
    if (pieces.length > 0) bits.add(Buffer.concat(pieces))
  }
  try {
    for (await gather(4); bits.ahead() > 0; await gather(4)) {
      const mark = bits.read(24)
      const level = bits.read(8) - 0x30
      if (mark !== STREAM_MARK || level < 1 || level > 9) throw new RangeError('it has bytes that are no bzip2')
      const links = new Int32Array(level * LEVEL_BYTES)
      let sum = 0
      for (;;) {
        await gather(MOST_BLOCK_BYTES * links.length)
        const [high, low] = [bits.read(24), bits.read(24)]
        if (high === END_MARK[0] && low === END_MARK[1]) break
        if (high !== BLOCK_MARK[0] || low !== BLOCK_MARK[1]) throw new RangeError('it is damaged')
        const block = readBlock(bits, links)
        yield* block.pieces()
        sum = ((sum << 1) | (sum >>> 31)) ^ block.sum
      }
      if (((bits.read(16) << 16) | bits.read(16)) !== sum)
        throw new RangeError('it is damaged: a checksum does not fit')
      bits.align()
    }
  } finally {
    await iterator.return?.()
  }
}
