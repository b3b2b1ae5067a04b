/** Numbers that look random and come again with the seed. */
const createNumbers = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Bytes that decoders take for lengths, ends and signs. */
const EDGES = [0, 1, 0x7f, 0x80, 0xfe, 0xff]

/** Mutants of a file: a byte changed, a stretch cut out, doubled or filled, or its end cut off. */
export const createGenerator = (
  seed: number,
): { mutate(bytes: Uint8Array): Uint8Array; below(limit: number): number } => {
  const next = createNumbers(seed)
  const below = (limit: number): number => Math.floor(next() * limit)

  const edit = (bytes: Uint8Array): Uint8Array => {
    const at = below(bytes.length)
    const length = Math.min(bytes.length - at, 1 + below(16))
    switch (below(8)) {
      case 0:
        return bytes.subarray(0, at)
      case 1:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
      case 2:
        return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
      case 3:
        return Uint8Array.from(bytes).fill(EDGES[below(EDGES.length)], at, at + length)
      default: {
        const changed = Uint8Array.from(bytes)
        changed[at] = next() < 0.5 ? EDGES[below(EDGES.length)] : changed[at] ^ (1 << below(8))
        return changed
      }
    }
  }

  /** One edit, so that what checks a file is not undone by the same mutant that changes it; always another file. */
  const mutate = (bytes: Uint8Array): Uint8Array => {
    for (;;) {
      const mutant = edit(bytes)
      if (mutant.length !== bytes.length || Buffer.compare(mutant, bytes) !== 0) return mutant
    }
  }
  return { mutate, below }
}
