/** The bits of an AIS message, six of each character of its payload. */
export interface Payload {
  /** Of bits that are there. */
  readonly length: number
  /** An unsigned number of at most 30 bits; bits beyond the message's end are 0, as the standard has it for what is cut off. */
  unsigned(at: number, bits: number): number
  /** The same in two's complement. */
  signed(at: number, bits: number): number
  /** Characters of six bits; what follows `@`, and blanks at the end, are none. */
  text(at: number, bits: number): string
}

/**
 * @param armored characters as they stand in the sentences, one after another
 * @param fillBits bits at the end that are none of the message's
 * @returns undefined where a character is none of the armor's
 */
export const payloadOf = (armored: string, fillBits: number): Payload | undefined => {
  const sixes = new Uint8Array(armored.length)
  for (let i = 0; i < armored.length; i++) {
    const code = armored.charCodeAt(i)
    if (code < 48 || code > 119 || (code > 87 && code < 96)) return undefined
    sixes[i] = code < 96 ? code - 48 : code - 56
  }
  const length = Math.max(0, 6 * sixes.length - fillBits)
  const unsigned = (at: number, bits: number): number => {
    let value = 0
    for (let bit = at; bit < at + bits; bit++) {
      const isSet = bit < length && (sixes[Math.floor(bit / 6)] >> (5 - (bit % 6))) & 1
      value = value * 2 + (isSet ? 1 : 0)
    }
    return value
  }
  return {
    length,
    unsigned,
    signed: (at, bits) => {
      const value = unsigned(at, bits)
      return value >= 2 ** (bits - 1) ? value - 2 ** bits : value
    },
    text: (at, bits) => {
      let text = ''
      for (let bit = at; bit + 6 <= at + bits; bit += 6) {
        const six = unsigned(bit, 6)
        if (six === 0) break
        text += String.fromCharCode(six < 32 ? six + 64 : six)
      }
      return text.trimEnd()
    },
  }
}
