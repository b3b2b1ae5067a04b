/** Columns that are filled again and again: a scan of hundreds of files makes memory for the largest of them only. */
export interface Arena {
  /** At least `length` long, with anything in it. */
  float64s(name: string, length: number): Float64Array
  int32s(name: string, length: number): Int32Array
  float32s(name: string, length: number): Float32Array
  /** Bytes that it holds. */
  size(): number
}

/** Arenas for one scan after the other. */
export interface ArenaPool {
  take(): Arena
  giveBack(arena: Arena): void
}

const MAX_KEPT = 4
/** A larger one is given up after its scan. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024

const grower = <Values extends Float64Array | Int32Array | Float32Array>(make: (length: number) => Values) => {
  const kept = new Map<string, Values>()
  const take = (name: string, length: number): Values => {
    let values = kept.get(name)
    if (values === undefined || values.length < length) {
      values = make(Math.ceil(1.25 * length))
      kept.set(name, values)
    }
    return values
  }
  return { take, size: () => kept.values().reduce((total, { byteLength }) => total + byteLength, 0) }
}

export const createArena = (): Arena => {
  const [float64s, int32s, float32s] = [
    grower((length) => new Float64Array(length)),
    grower((length) => new Int32Array(length)),
    grower((length) => new Float32Array(length)),
  ]
  return {
    float64s: float64s.take,
    int32s: int32s.take,
    float32s: float32s.take,
    size: () => float64s.size() + int32s.size() + float32s.size(),
  }
}

export const createArenaPool = (): ArenaPool => {
  const kept: Arena[] = []
  return {
    take: () => kept.pop() ?? createArena(),
    giveBack: (arena) => {
      if (kept.length < MAX_KEPT && arena.size() <= MAX_KEPT_BYTES) kept.push(arena)
    },
  }
}
