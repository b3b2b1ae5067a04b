import { FleetError } from '@fleetlake/core'
import type { ByteSource } from './byte-source.ts'

/** How text that begins with a mark of its byte order is encoded; undefined for UTF-8 and for what is no text. */
export const wideEncodingOf = (head: Uint8Array, name: string): 'utf-16le' | 'utf-16be' | undefined => {
  const [a, b, c, d] = head
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    throw new FleetError('import.invalid', `${name} is UTF-32: convert it first, such as with iconv -f UTF-32 -t UTF-8`)
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  return a === 0xfe && b === 0xff ? 'utf-16be' : undefined
}

/** Text of UTF-16 as UTF-8, without its mark. What is no character becomes U+FFFD. */
export const asUtf8 = (source: ByteSource, encoding: 'utf-16le' | 'utf-16be'): ByteSource => ({
  size: undefined,
  read: async function* (signal) {
    const decoder = new TextDecoder(encoding)
    const encoder = new TextEncoder()
    for await (const chunk of source.read(signal)) {
      const bytes = encoder.encode(decoder.decode(chunk, { stream: true }))
      if (bytes.length > 0) yield bytes
    }
    const rest = encoder.encode(decoder.decode())
    if (rest.length > 0) yield rest
  },
})
