import { hashBytes } from '@fleetlake/core'

/**
 * Gives every distinct text a number from 0, found by its UTF-8 bytes: a text is decoded once, however many rows carry it.
 */
export interface TextDictionary {
  /** The number of the text in `bytes[from, to)`; a new one is added. */
  codeOf(bytes: Uint8Array, from: number, to: number): number
  readonly texts: readonly string[]
  /** About what it holds, in bytes. */
  readonly bytes: number
}

const BYTES_PER_TEXT = 64
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Open addressing over hashes; the bytes of all texts side by side settle what a hash can't. */
export const createTextDictionary = (): TextDictionary => {
  const texts: string[] = []
  let slots = new Int32Array(1024).fill(-1)
  let hashes = new Uint32Array(512)
  let ends = new Int32Array(512)
  let store = new Uint8Array(8 * 512)

  /** Which text followed each text last: vehicles report in turn, so that most are found without hashing. */
  let followers = new Int32Array(512).fill(-1)
  let last = 0

  const startOf = (code: number): number => (code === 0 ? 0 : ends[code - 1])

  const isText = (code: number, bytes: Uint8Array, from: number, to: number): boolean => {
    const start = startOf(code)
    if (ends[code] - start !== to - from) return false
    for (let i = from; i < to; i++) if (store[start + i - from] !== bytes[i]) return false
    return true
  }

  const grow = (): void => {
    const wider = new Uint32Array(hashes.length * 2)
    wider.set(hashes)
    hashes = wider
    const widerEnds = new Int32Array(ends.length * 2)
    widerEnds.set(ends)
    ends = widerEnds
    const widerFollowers = new Int32Array(followers.length * 2).fill(-1)
    widerFollowers.set(followers)
    followers = widerFollowers
    slots = new Int32Array(slots.length * 2).fill(-1)
    for (let code = 0; code < texts.length; code++) {
      let at = hashes[code] & (slots.length - 1)
      while (slots[at] !== -1) at = (at + 1) & (slots.length - 1)
      slots[at] = code
    }
  }

  const add = (hash: number, bytes: Uint8Array, from: number, to: number): number => {
    if (texts.length === hashes.length) grow()
    const code = texts.length
    const start = startOf(code)
    const end = start + to - from
    if (end > store.length) {
      const larger = new Uint8Array(Math.max(end, store.length * 2))
      larger.set(store)
      store = larger
    }
    store.set(bytes.subarray(from, to), start)
    hashes[code] = hash
    ends[code] = end
    texts.push(decoder.decode(bytes.subarray(from, to)))
    let at = hash & (slots.length - 1)
    while (slots[at] !== -1) at = (at + 1) & (slots.length - 1)
    slots[at] = code
    return code
  }

  const find = (bytes: Uint8Array, from: number, to: number): number => {
    const hash = hashBytes(bytes, from, to)
    const mask = slots.length - 1
    for (let at = hash & mask; slots[at] !== -1; at = (at + 1) & mask) {
      const code = slots[at]
      if (hashes[code] === hash && isText(code, bytes, from, to)) return code
    }
    return add(hash, bytes, from, to)
  }

  return {
    texts,
    get bytes() {
      const tables = slots.byteLength + hashes.byteLength + ends.byteLength + followers.byteLength
      // The texts themselves are held twice: as bytes, and as they are given out.
      return store.length + startOf(texts.length) + texts.length * BYTES_PER_TEXT + tables
    },
    codeOf: (bytes, from, to) => {
      const guess = followers[last]
      if (guess >= 0 && isText(guess, bytes, from, to)) return (last = guess)
      const code = find(bytes, from, to)
      followers[last] = code
      return (last = code)
    },
  }
}
