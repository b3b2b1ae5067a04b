import { hashBytes } from '@fleetlake/core'

/**
 * Vehicle ids as UTF-8 bytes, and the slot of each: a hash table with open addressing over typed arrays, the bytes side by side in
 * one buffer. No text is made to look an id up. Slots of removed ids are given again.
 */
export interface VehicleIds {
  readonly size: number
  /** Slots are below this. */
  readonly slots: number
  /** Bytes that the ids take, those of removed ones not counted. */
  readonly bytes: number
  /** @returns the slot of the id `[from, to)` of the bytes, or -1 */
  slotOf(bytes: Uint8Array, from: number, to: number): number
  /** Adds an id that is not there. @returns its slot */
  add(bytes: Uint8Array, from: number, to: number): number
  remove(slot: number): void
  isTaken(slot: number): boolean
  /** The id of a slot that is taken, as a view that lasts until the next change. */
  at(slot: number): Uint8Array
  text(slot: number): string
}

/** An entry of the table: slot + 1 (0 for none), hash, where its bytes begin, how many they are. */
const ENTRY = 4
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const isSame = (a: Uint8Array, atA: number, b: Uint8Array, atB: number, length: number): boolean => {
  for (let i = 0; i < length; i++) if (a[atA + i] !== b[atB + i]) return false
  return true
}

export const createVehicleIds = (): VehicleIds => {
  let table = new Int32Array(1024 * ENTRY)
  let mask = 1023
  let text = new Uint8Array(16_384)
  let used = 0
  let live = 0
  let begin = new Uint32Array(512)
  let length = new Uint16Array(512)
  let hashes = new Int32Array(512)
  let taken = new Uint8Array(512)
  let slots = 0
  let size = 0
  const free: number[] = []

  /** @returns the entry of an id, or the empty one where it belongs */
  const entryOf = (hash: number, bytes: Uint8Array, from: number, to: number): number => {
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const entry = i * ENTRY
      if (table[entry] === 0) return entry
      if (
        table[entry + 1] === hash &&
        table[entry + 3] === to - from &&
        isSame(text, table[entry + 2], bytes, from, to - from)
      )
        return entry
    }
  }

  const place = (slot: number): void => {
    let i = hashes[slot] & mask
    while (table[i * ENTRY] !== 0) i = (i + 1) & mask
    const entry = i * ENTRY
    table[entry] = slot + 1
    table[entry + 1] = hashes[slot]
    table[entry + 2] = begin[slot]
    table[entry + 3] = length[slot]
  }

  const rebuild = (entries: number): void => {
    table = new Int32Array(entries * ENTRY)
    mask = entries - 1
    for (let slot = 0; slot < slots; slot++) if (taken[slot] === 1) place(slot)
  }

  /** Leaves out the bytes of removed ids. */
  const compact = (): void => {
    const next = new Uint8Array(Math.max(16_384, live * 2))
    used = 0
    for (let slot = 0; slot < slots; slot++) {
      if (taken[slot] === 0) continue
      next.set(text.subarray(begin[slot], begin[slot] + length[slot]), used)
      begin[slot] = used
      used += length[slot]
    }
    text = next
    rebuild(mask + 1)
  }

  const makeRoom = (bytes: number): void => {
    if ((size + 1) * 3 > (mask + 1) * 2) rebuild((mask + 1) * 2)
    if (free.length === 0 && slots === begin.length) {
      begin = grown(begin, new Uint32Array(slots * 2))
      length = grown(length, new Uint16Array(slots * 2))
      hashes = grown(hashes, new Int32Array(slots * 2))
      taken = grown(taken, new Uint8Array(slots * 2))
    }
    if (used + bytes <= text.length) return
    if (live * 2 < used) compact()
    while (used + bytes > text.length) text = grown(text, new Uint8Array(text.length * 2))
  }

  return {
    get size() {
      return size
    },
    get slots() {
      return slots
    },
    get bytes() {
      return live
    },
    slotOf: (bytes, from, to) => table[entryOf(hashBytes(bytes, from, to) | 0, bytes, from, to)] - 1,
    add: (bytes, from, to) => {
      makeRoom(to - from)
      const slot = free.pop() ?? slots++
      begin[slot] = used
      length[slot] = to - from
      hashes[slot] = hashBytes(bytes, from, to)
      taken[slot] = 1
      text.set(bytes.subarray(from, to), used)
      used += to - from
      live += to - from
      size++
      place(slot)
      return slot
    },
    remove: (slot) => {
      let hole = entryOf(hashes[slot], text, begin[slot], begin[slot] + length[slot]) / ENTRY
      // What follows moves up, unless that would put it before the place where it is looked for first.
      for (let i = (hole + 1) & mask; table[i * ENTRY] !== 0; i = (i + 1) & mask) {
        const home = table[i * ENTRY + 1] & mask
        if (((i - home) & mask) < ((i - hole) & mask)) continue
        table.copyWithin(hole * ENTRY, i * ENTRY, (i + 1) * ENTRY)
        hole = i
      }
      table.fill(0, hole * ENTRY, (hole + 1) * ENTRY)
      taken[slot] = 0
      live -= length[slot]
      size--
      free.push(slot)
    },
    isTaken: (slot) => taken[slot] === 1,
    at: (slot) => text.subarray(begin[slot], begin[slot] + length[slot]),
    text: (slot) => utf8.decode(text.subarray(begin[slot], begin[slot] + length[slot])),
  }
}

const grown = <Column extends Uint8Array | Uint16Array | Uint32Array | Int32Array>(
  from: Column,
  into: Column,
): Column => {
  into.set(from)
  return into
}
