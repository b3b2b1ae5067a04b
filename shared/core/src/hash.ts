/** A well-mixed 32-bit value of a 32-bit number (the finaliser of MurmurHash3). Bijective and stable for ever. */
export const mix32 = (value: number): number => {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A stable 32-bit hash of a text: FNV-1a over its UTF-8 bytes, then mixed. */
export const hashBytes = (bytes: Uint8Array, from = 0, to: number = bytes.length): number => {
  let h = 0x811c9dc5
  for (let i = from; i < to; i++) h = Math.imul(h ^ bytes[i], 0x01000193)
  return mix32(h)
}

const encoder = new TextEncoder()

export const hashText = (text: string): number => hashBytes(encoder.encode(text))
