/**
 * Counts by class for many rows, most of which have one class or none: a list of (class, count) a row, all in typed arrays.
 */
export interface IntervalCounts {
  /** Adds to the count of a class of a row; rows are numbered from 0. */
  add(row: number, klass: number, count: number): void
  /** The classes of a row whose count is not 0, ascending. */
  of(row: number): readonly (readonly [klass: number, count: number])[]
  readonly heldBytes: number
}

const FIRST_ROOM = 256

const grown = <Values extends Int32Array | Uint8Array>(from: Values, into: Values): Values => {
  into.set(from)
  return into
}

export const createIntervalCounts = (): IntervalCounts => {
  /** The first entry of a row; −1 for none. */
  let heads = new Int32Array(FIRST_ROOM).fill(-1)
  let classes = new Uint8Array(FIRST_ROOM)
  let counts = new Int32Array(FIRST_ROOM)
  let next = new Int32Array(FIRST_ROOM)
  let used = 0
  const enter = (row: number, klass: number, count: number): void => {
    if (used === classes.length) {
      classes = grown(classes, new Uint8Array(2 * used))
      counts = grown(counts, new Int32Array(2 * used))
      next = grown(next, new Int32Array(2 * used))
    }
    classes[used] = klass
    counts[used] = count
    next[used] = heads[row]
    heads[row] = used++
  }
  return {
    add: (row, klass, count) => {
      if (row >= heads.length) {
        const room = Math.max(row + 1, 2 * heads.length)
        heads = grown(heads, new Int32Array(room).fill(-1))
      }
      for (let at = heads[row]; at >= 0; at = next[at]) {
        if (classes[at] === klass) {
          counts[at] += count
          return
        }
      }
      enter(row, klass, count)
    },
    of: (row) => {
      const found: [number, number][] = []
      if (row >= heads.length) return found
      for (let at = heads[row]; at >= 0; at = next[at]) if (counts[at] !== 0) found.push([classes[at], counts[at]])
      return found.toSorted((a, b) => a[0] - b[0])
    },
    get heldBytes() {
      return heads.byteLength + classes.byteLength + counts.byteLength + next.byteLength
    },
  }
}
