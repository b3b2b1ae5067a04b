import type { Bytes } from './bytes.ts'

/** PLAIN of floats: the array's own bytes (every platform that Node runs on is little-endian). */
export function plainFloats(out: Bytes, values: Float32Array, from: number = 0, to: number = values.length): void {
  out.append(new Uint8Array(values.buffer, values.byteOffset + from * 4, (to - from) * 4))
}

/** PLAIN of doubles: the array's own bytes. */
export function plainDoubles(out: Bytes, values: Float64Array, from: number = 0, to: number = values.length): void {
  out.append(new Uint8Array(values.buffer, values.byteOffset + from * 8, (to - from) * 8))
}

/** PLAIN of booleans: a bit each, from the lowest on; what is not 0 is true. */
export function plainBooleans(out: Bytes, values: Float64Array, from: number = 0, to: number = values.length): void {
  const bytes = new Uint8Array((to - from + 7) >> 3)
  for (let i = from; i < to; i++) if (values[i] !== 0) bytes[(i - from) >> 3] |= 1 << ((i - from) & 7)
  out.append(bytes)
}

/** PLAIN of int64 values `values[i] * factor`. */
export function plainInt64(
  out: Bytes,
  values: Float64Array,
  factor: number = 1,
  from: number = 0,
  to: number = values.length,
): void {
  out.reserve((to - from) * 8)
  for (let i = from; i < to; i++) {
    const value = values[i] * factor
    out.view.setUint32(out.length, value % 4294967296, true)
    out.view.setInt32(out.length + 4, Math.floor(value / 4294967296), true)
    out.length += 8
  }
}

/** PLAIN of strings: length, bytes. */
export function plainStrings(out: Bytes, values: readonly Uint8Array[]): void {
  for (const value of values) {
    out.uint32(value.length)
    out.append(value)
  }
}
