/** Numbers for ids, dense from 0 in the order of their first coming. Ids are UTF-8 bytes; none becomes a string before `ids()`. */
export interface IdDictionary {
  readonly size: number
  /** The number of the id `bytes[from, to)`, new or known. */
  numberOf(bytes: Uint8Array, from: number, to: number): number
  /** By number. */
  ids(): string[]
  bytes(): number
}

const FIRST_SLOTS = 1024
const FIRST_BYTES = 16 * 1024

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

const hashOf = (bytes: Uint8Array, from: number, to: number): number => {
  let hash = FNV_OFFSET
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], FNV_PRIME)
  // Ids that count upwards differ in their last bits alone: mix those into the low ones, which choose the slot.
  return (hash ^ (hash >>> 15)) >>> 0
}

/** Open addressing over the bytes themselves, at most half full. */
export const createIdDictionary = (): IdDictionary => {
  let size = 0
  let arena = new Uint8Array(FIRST_BYTES)
  /** Id n is `arena[offsets[n], offsets[n + 1])`. */
  let offsets = new Uint32Array(FIRST_SLOTS / 2 + 1)
  /** Number + 1; 0 is free. */
  let slots = new Uint32Array(FIRST_SLOTS)

  const isAt = (number: number, bytes: Uint8Array, from: number, to: number): boolean => {
    const at = offsets[number]
    if (offsets[number + 1] - at !== to - from) return false
    for (let i = to - from - 1; i >= 0; i--) if (arena[at + i] !== bytes[from + i]) return false
    return true
  }

  /** The slot of an id, or the free one where it belongs. */
  const slotOf = (bytes: Uint8Array, from: number, to: number): number => {
    const mask = slots.length - 1
    let slot = hashOf(bytes, from, to) & mask
    while (slots[slot] !== 0 && !isAt(slots[slot] - 1, bytes, from, to)) slot = (slot + 1) & mask
    return slot
  }

  const grow = (): void => {
    slots = new Uint32Array(slots.length * 2)
    const wider = new Uint32Array(slots.length / 2 + 1)
    wider.set(offsets)
    offsets = wider
    for (let number = 0; number < size; number++) {
      slots[slotOf(arena, offsets[number], offsets[number + 1])] = number + 1
    }
  }

  const put = (bytes: Uint8Array, from: number, to: number): number => {
    if ((size + 1) * 2 > slots.length) grow()
    const at = offsets[size]
    const end = at + to - from
    if (end > arena.length) {
      const larger = new Uint8Array(Math.max(end, arena.length * 2))
      larger.set(arena)
      arena = larger
    }
    arena.set(bytes.subarray(from, to), at)
    offsets[size + 1] = end
    slots[slotOf(arena, at, end)] = size + 1
    return size++
  }

  return {
    get size() {
      return size
    },
    numberOf: (bytes, from, to) => {
      const known = slots[slotOf(bytes, from, to)]
      return known === 0 ? put(bytes, from, to) : known - 1
    },
    ids: () => {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
      return Array.from({ length: size }, (_, i) => decoder.decode(arena.subarray(offsets[i], offsets[i + 1])))
    },
    bytes: () => arena.byteLength + offsets.byteLength + slots.byteLength,
  }
}
