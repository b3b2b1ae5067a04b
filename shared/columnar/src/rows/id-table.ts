import { hashBytes } from '@fleetlake/core'
import type { Texts } from './text-list.ts'

/**
 * Numbers for texts, dense from 0 in the order of their first coming; texts are UTF-8 bytes, and none becomes a string unless it is asked for.
 * The number of a removed text is given to the next new one.
 */
export interface IdTable {
  /** Texts in it. */
  readonly size: number
  /** Numbers are below it. */
  readonly limit: number
  /** What the texts take, those that were removed not counted. */
  readonly textBytes: number
  /** What it holds of memory. */
  readonly heldBytes: number
  /** @returns the number of the text `bytes[from, to)`, or -1 */
  find(bytes: Uint8Array, from: number, to: number): number
  /** The number of the text `bytes[from, to)`, new or known. */
  numberOf(bytes: Uint8Array, from: number, to: number): number
  remove(number: number): void
  has(number: number): boolean
  /** A text that is in it, as a view that lasts until the next change. */
  at(number: number): Uint8Array
  text(number: number): string
  /** All texts by number, as views that last until the next change. Of a table of which none was removed. */
  texts(): Texts
}

const FIRST_ROOM = 512
const FIRST_BYTES = 8 * 1024

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const grown = <Values extends Uint8Array | Int32Array>(from: Values, into: Values): Values => {
  into.set(from)
  return into
}

/** Open addressing over hashes, at most half full; the bytes of all texts side by side settle what a hash can't. */
export const createIdTable = (): IdTable => {
  /** Number + 1; 0 is free. */
  let slots = new Int32Array(2 * FIRST_ROOM)
  let hashes = new Int32Array(FIRST_ROOM)
  /** Text n is `store[starts[n], starts[n] + lengths[n])`; `starts[limit]` is where the next one begins. */
  let starts = new Int32Array(FIRST_ROOM + 1)
  let lengths = new Int32Array(FIRST_ROOM).fill(-1)
  let store = new Uint8Array(FIRST_BYTES)
  /** Which text followed each text last: vehicles report in turn, so that most are found without hashing. */
  let followers = new Int32Array(FIRST_ROOM).fill(-1)
  let last = 0
  let limit = 0
  let used = 0
  let live = 0
  let hasRemoved = false
  const free: number[] = []

  const isText = (number: number, bytes: Uint8Array, from: number, to: number): boolean => {
    if (lengths[number] !== to - from) return false
    const start = starts[number]
    // From the end: ids that count upwards differ there.
    for (let i = to - from - 1; i >= 0; i--) if (store[start + i] !== bytes[from + i]) return false
    return true
  }
  const place = (number: number): void => {
    const mask = slots.length - 1
    let at = hashes[number] & mask
    while (slots[at] !== 0) at = (at + 1) & mask
    slots[at] = number + 1
  }
  const rebuild = (length: number): void => {
    slots = new Int32Array(length)
    for (let number = 0; number < limit; number++) if (lengths[number] >= 0) place(number)
  }
  const makeRoom = (): void => {
    if (2 * (limit - free.length + 1) > slots.length) rebuild(2 * slots.length)
    if (free.length > 0 || limit < hashes.length) return
    const room = 2 * hashes.length
    hashes = grown(hashes, new Int32Array(room))
    starts = grown(starts, new Int32Array(room + 1))
    lengths = grown(lengths, new Int32Array(room).fill(-1))
    followers = grown(followers, new Int32Array(room).fill(-1))
  }
  /** Leaves out the bytes of removed texts. */
  const compact = (): void => {
    const next = new Uint8Array(Math.max(FIRST_BYTES, 2 * live))
    used = 0
    for (let number = 0; number < limit; number++) {
      if (lengths[number] < 0) continue
      next.set(store.subarray(starts[number], starts[number] + lengths[number]), used)
      starts[number] = used
      used += lengths[number]
    }
    store = next
  }
  const find = (hash: number, bytes: Uint8Array, from: number, to: number): number => {
    const mask = slots.length - 1
    for (let at = hash & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const number = slots[at] - 1
      if (hashes[number] === hash && isText(number, bytes, from, to)) return number
    }
    return -1
  }
  const add = (hash: number, bytes: Uint8Array, from: number, to: number): number => {
    makeRoom()
    const length = to - from
    if (used + length > store.length) {
      if (2 * live < used) compact()
      if (used + length > store.length) store = grown(store, new Uint8Array(Math.max(used + length, 2 * store.length)))
    }
    const number = free.pop() ?? limit++
    store.set(bytes.subarray(from, to), used)
    starts[number] = used
    lengths[number] = length
    hashes[number] = hash
    used += length
    live += length
    if (number === limit - 1) starts[limit] = used
    place(number)
    return number
  }

  return {
    get size() {
      return limit - free.length
    },
    get limit() {
      return limit
    },
    get textBytes() {
      return live
    },
    get heldBytes() {
      const { byteLength } = slots
      return (
        store.length + byteLength + hashes.byteLength + starts.byteLength + lengths.byteLength + followers.byteLength
      )
    },
    find: (bytes, from, to) => find(hashBytes(bytes, from, to) | 0, bytes, from, to),
    numberOf: (bytes, from, to) => {
      const guess = followers[last]
      if (guess >= 0 && isText(guess, bytes, from, to)) return (last = guess)
      const hash = hashBytes(bytes, from, to) | 0
      let number = find(hash, bytes, from, to)
      if (number < 0) number = add(hash, bytes, from, to)
      followers[last] = number
      return (last = number)
    },
    remove: (number) => {
      const mask = slots.length - 1
      let hole = hashes[number] & mask
      while (slots[hole] !== number + 1) hole = (hole + 1) & mask
      // What follows moves up, unless that would put it before the place where it is looked for first.
      for (let at = (hole + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
        const home = hashes[slots[at] - 1] & mask
        if (((at - home) & mask) < ((at - hole) & mask)) continue
        slots[hole] = slots[at]
        hole = at
      }
      slots[hole] = 0
      hasRemoved = true
      live -= lengths[number]
      lengths[number] = -1
      free.push(number)
    },
    has: (number) => number < limit && lengths[number] >= 0,
    at: (number) => store.subarray(starts[number], starts[number] + lengths[number]),
    text: (number) => utf8.decode(store.subarray(starts[number], starts[number] + lengths[number])),
    texts: () => {
      if (hasRemoved) throw new Error('texts were removed from the table: those left do not lie side by side')
      return { count: limit, offsets: starts.subarray(0, limit + 1), bytes: store }
    },
  }
}
