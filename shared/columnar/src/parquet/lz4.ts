/** Up to so many bytes a loop is faster than what copies many. */
const FEW_BYTES = 48

/**
 * Copies bytes that were unpacked before, which may reach into themselves. @returns where the next go
 * @throws RangeError for bytes that were not
 */
export const copyWithin = (to: Uint8Array, end: number, offset: number, length: number): number => {
  if (offset < 1 || offset > end || end + length > to.length) throw new RangeError('a copy from outside of the data')
  if (length > FEW_BYTES && offset >= length) to.copyWithin(end, end - offset, end - offset + length)
  else for (let i = end; i < end + length; i++) to[i] = to[i - offset]
  return end + length
}

/** Unpacks a block behind the bytes of `to` that are there already, which it may repeat. @returns how many bytes of `to` are filled */
export const unpackLz4Block = (bytes: Uint8Array, to: Uint8Array, start: number): number => {
  let [at, end] = [0, start]
  const lengthFrom = (few: number): number => {
    let length = few
    for (let next = few === 15 ? 255 : 0; next === 255;) {
      if (at >= bytes.length) throw new RangeError('an LZ4 block ends too early')
      next = bytes[at++]
      length += next
    }
    return length
  }
  while (at < bytes.length) {
    const token = bytes[at++]
    const literal = lengthFrom(token >> 4)
    if (at + literal > bytes.length || end + literal > to.length) throw new RangeError('an LZ4 literal is too long')
    if (literal > FEW_BYTES) to.set(bytes.subarray(at, at + literal), end)
    else for (let i = 0; i < literal; i++) to[end + i] = bytes[at + i]
    at += literal
    end += literal
    if (at === bytes.length) break
    if (at + 2 > bytes.length) throw new RangeError('an LZ4 block ends too early')
    const offset = bytes[at] + 256 * bytes[at + 1]
    at += 2
    end = copyWithin(to, end, offset, lengthFrom(token & 15) + 4)
  }
  return end
}

/**
 * Unpacks an LZ4 block. https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 * @throws RangeError unless it fills `to` exactly
 */
export const unpackLz4 = (bytes: Uint8Array, to: Uint8Array): void => {
  if (unpackLz4Block(bytes, to, 0) !== to.length) throw new RangeError('an LZ4 block has fewer bytes than its page')
}

/** Blocks as Hadoop frames them, with both sizes before each; undefined for bytes in another form. */
const framesOf = (bytes: Uint8Array, size: number): { readonly from: number; readonly to: number }[] | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: { from: number; to: number }[] = []
  let [at, total] = [0, 0]
  while (at + 8 <= bytes.length) {
    total += view.getUint32(at)
    const from = at + 8
    at = from + view.getUint32(at + 4)
    frames.push({ from, to: at })
  }
  return at === bytes.length && total === size ? frames : undefined
}

/** The format's older name for LZ4 means blocks in frames of Hadoop's, or one plain block. */
export const unpackLz4Frames = (bytes: Uint8Array, to: Uint8Array): void => {
  const frames = framesOf(bytes, to.length)
  if (frames === undefined) return unpackLz4(bytes, to)
  let end = 0
  for (const frame of frames) end = unpackLz4Block(bytes.subarray(frame.from, frame.to), to, end)
  if (end !== to.length) throw new RangeError('LZ4 frames have fewer bytes than their page')
}
