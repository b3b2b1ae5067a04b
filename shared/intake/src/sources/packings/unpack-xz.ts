import xz from 'xz-decompress'

const MARK = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)
const HEAD_BYTES = 64
/** A dictionary of LZMA2 that is larger is not made room for; `xz -9` makes 64 MiB. */
const MOST_DICTIONARY_BYTES = 256 * 1024 * 1024
const LZMA2 = 0x21

/** Bytes of the dictionary of a stream's first block; 0 for another filter, and where there is no block. @param head of the stream */
const dictionaryBytes = (head: Uint8Array): number => {
  // Behind the stream's header: the block's size, flags, then sizes if flags say so, and the filters.
  const flags = head[13]
  let at = 14
  const passNumber = (): void => {
    while (at < head.length && head[at++] >= 128);
  }
  if ((flags & 0x40) !== 0) passNumber()
  if ((flags & 0x80) !== 0) passNumber()
  for (let filter = 0; filter <= (flags & 3); filter++) {
    const id = head[at]
    const size = head[at + 1]
    if (id === LZMA2 && size === 1) {
      const bits = head[at + 2] & 63
      return bits >= 40 ? 2 ** 32 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11)
    }
    at += 2 + size
  }
  return 0
}

/** Bytes of xz streams, one after the other. Rejects for damaged ones, and for those that end too early. The library unpacks one input at a time: another waits. */
export async function* unpackXz(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array(0)
  let isEnded = false
  try {
    while (!isEnded && head.length < HEAD_BYTES) {
      const next = await iterator.next()
      isEnded = next.done === true
      if (next.done !== true) head = Buffer.concat([head, next.value])
    }
    if (MARK.some((byte, i) => head[i] !== byte)) throw new RangeError('it has bytes that are no xz')
    if (dictionaryBytes(head) > MOST_DICTIONARY_BYTES)
      throw new RangeError(
        `it needs more than ${MOST_DICTIONARY_BYTES} bytes of memory: pack it again with a smaller dictionary`,
      )
    const packed = new ReadableStream<Uint8Array>(
      {
        start: (controller) => controller.enqueue(head),
        pull: async (controller) => {
          const next = await iterator.next()
          if (next.done === true) controller.close()
          else controller.enqueue(next.value)
        },
      },
      { highWaterMark: 0 },
    )
    yield* new xz.XzReadableStream(packed)
  } finally {
    await iterator.return?.()
  }
}
