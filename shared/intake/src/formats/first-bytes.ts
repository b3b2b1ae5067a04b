import type { Input } from './format.ts'

/** What a format may see of an input before it says whether it fits. */
const HEAD_BYTES = 64 * 1024

/** The first 64 KiB of an input, or all of a smaller one. */
export const firstBytes = async (input: Input, signal: AbortSignal): Promise<Uint8Array> => {
  const head = new Uint8Array(HEAD_BYTES)
  let length = 0
  for await (const chunk of input.read(0, signal)) {
    const part = chunk.subarray(0, HEAD_BYTES - length)
    head.set(part, length)
    length += part.length
    if (length === HEAD_BYTES) break
  }
  return head.subarray(0, length)
}
