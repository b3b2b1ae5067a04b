import type { Input } from './format.ts'

/** What a format may see of an input before it says whether it fits. */
const HEAD_BYTES = 64 * 1024

/** The first 64 KiB of an input, or all of a smaller one. */
export const firstBytes = async (input: Input, signal: AbortSignal): Promise<Uint8Array> => {
  const wanted = Math.min(HEAD_BYTES, input.size ?? HEAD_BYTES)
  let head: Uint8Array | undefined
  let length = 0
  for await (const chunk of input.read(0, signal)) {
    // What comes out of a file is no one else's; what is unpacked may be.
    if (length === 0 && chunk.length >= wanted && input.size !== undefined) return chunk.subarray(0, wanted)
    head ??= new Uint8Array(wanted)
    const part = chunk.subarray(0, wanted - length)
    head.set(part, length)
    length += part.length
    if (length === wanted) break
  }
  return head?.subarray(0, length) ?? new Uint8Array(0)
}
