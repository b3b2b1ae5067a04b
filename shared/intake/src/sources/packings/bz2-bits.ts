/** Reads bits, the highest of each byte first, from bytes that come piece by piece. */
export interface Bits {
  /** Up to 24 bits. @throws RangeError behind the last one */
  read(count: number): number
  /** Goes on at a whole byte. */
  align(): void
  /** Bytes that are there and were not read. */
  ahead(): number
  add(bytes: Uint8Array): void
  /** The bytes as they lie, for a loop of its own: it begins at `at`, with `held` bits of `buffer` before. */
  state: BitState
}

export interface BitState {
  bytes: Uint8Array
  at: number
  /** Bits that were taken from the bytes and not read yet, the lowest `held` ones. */
  buffer: number
  held: number
}

export const createBits = (): Bits => {
  const state: BitState = { bytes: new Uint8Array(0), at: 0, buffer: 0, held: 0 }
  const read = (count: number): number => {
    while (state.held < count) {
      if (state.at >= state.bytes.length) throw new RangeError('it ends too early')
      state.buffer = ((state.buffer << 8) | state.bytes[state.at++]) & 0xffffffff
      state.held += 8
    }
    state.held -= count
    return (state.buffer >>> state.held) & ((1 << count) - 1)
  }
  return {
    state,
    read,
    align: () => void (state.held -= state.held % 8),
    ahead: () => state.bytes.length - state.at + (state.held >> 3),
    add: (bytes) => {
      const rest = state.bytes.length - state.at
      const joined = new Uint8Array(rest + bytes.length)
      joined.set(state.bytes.subarray(state.at))
      joined.set(bytes, rest)
      state.bytes = joined
      state.at = 0
    },
  }
}
