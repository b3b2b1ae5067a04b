/** A growing byte buffer, little-endian, reused between pages so that a page costs no allocation. */
export class Bytes {
  bytes: Uint8Array
  view: DataView
  length = 0

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Makes room for `count` more bytes; callers that write `bytes` or `view` directly reserve first. */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.length++] = value
  }

  uint32(value: number): void {
    this.reserve(4)
    this.view.setUint32(this.length, value, true)
    this.length += 4
  }

  append(source: Uint8Array): void {
    this.reserve(source.length)
    this.bytes.set(source, this.length)
    this.length += source.length
  }

  /** Unsigned LEB128 of a safe integer. */
  varint(value: number): void {
    this.reserve(10)
    while (value > 0x7fffffff) {
      this.bytes[this.length++] = (value % 128) | 128
      value = Math.floor(value / 128)
    }
    while (value > 127) {
      this.bytes[this.length++] = (value & 127) | 128
      value >>>= 7
    }
    this.bytes[this.length++] = value
  }

  /** Zigzag LEB128 of an integer within ±2^52. */
  zigzag(value: number): void {
    this.varint(value < 0 ? -value * 2 - 1 : value * 2)
  }

  written(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }
}

/** Encoded bytes that are read on. */
export interface Reader {
  readonly bytes: Uint8Array
  readonly view: DataView
  at: number
}

export const readerOf = (bytes: Uint8Array): Reader => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  at: 0,
})

/** Unsigned LEB128 of at most 32 bits. */
export const readVarint = (reader: Reader): number => {
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const next = reader.bytes[reader.at++]
    value |= (next & 127) << shift
    if (next < 128) return value >>> 0
  }
  throw new RangeError('a number of more than 32 bits, or beyond the end of its page')
}

/** Zigzag LEB128 of a number within ±2^52. */
export const readZigzag = (reader: Reader): number => {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    if (reader.at >= reader.bytes.length) throw new RangeError('a number beyond the end of its page')
    const next = reader.bytes[reader.at++]
    value += (next & 127) * factor
    if (next < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}
