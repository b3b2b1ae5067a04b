/**
 * Arrays that are filled again and again: V8 collects the whole heap for every few tens of megabytes of arrays that are made.
 * Invariant: an array that was retired is not given again before `next` was called.
 */
export interface Spares {
  /** With anything in it. */
  float64s(length: number): Float64Array
  float32s(length: number): Float32Array
  int32s(length: number): Int32Array
  bytes(length: number): Uint8Array
  /** The array may be given again; one of another's making is left alone. */
  retire(array: Values): void
  next(): void
}

const MOST_KEPT = 32

type Values = Float64Array | Float32Array | Int32Array | Uint8Array

interface Kept<Array> {
  readonly take: (length: number) => Array
  readonly retire: (buffer: ArrayBufferLike) => void
  readonly next: () => void
}

const keeper = <Array extends Values>(make: (length: number) => Array): Kept<Array> => {
  const given: Array[] = []
  let [retired, free]: [Array[], Array[]] = [[], []]
  return {
    take: (length) => {
      const place = free.findIndex((array) => array.length >= length)
      const array = place < 0 ? make(length + (length >> 3)) : free.splice(place, 1)[0]
      if (given.length < MOST_KEPT) given.push(array)
      return array.subarray(0, length) as Array
    },
    retire: (buffer) => {
      const place = given.findIndex((array) => array.buffer === buffer)
      if (place >= 0) retired.push(...given.splice(place, 1))
    },
    next: () => {
      // The latest ones first: pages are of one size, as a rule.
      free = [...retired, ...free].slice(0, MOST_KEPT)
      retired = []
    },
  }
}

export const createSpares = (): Spares => {
  const float64s = keeper((length) => new Float64Array(length))
  const float32s = keeper((length) => new Float32Array(length))
  const int32s = keeper((length) => new Int32Array(length))
  const bytes = keeper((length) => new Uint8Array(length))
  return {
    float64s: float64s.take,
    float32s: float32s.take,
    int32s: int32s.take,
    bytes: bytes.take,
    retire: ({ buffer }) => {
      float64s.retire(buffer)
      float32s.retire(buffer)
      int32s.retire(buffer)
      bytes.retire(buffer)
    },
    next: () => {
      float64s.next()
      float32s.next()
      int32s.next()
      bytes.next()
    },
  }
}
