type Numbers = Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array

/** A column that grows: rows are copied into blocks, which never move, so that growing needs no room for two copies. */
export interface RowColumn<Values extends Numbers> {
  /** Copies the first `length` values. */
  append(values: Numbers, length: number): void
  at(row: number): number
  /** The values in another order, given as rows; the column is empty afterwards. */
  take(order: Uint32Array): Values
  bytes(): number
}

const BLOCK_BITS = 16
const BLOCK_ROWS = 1 << BLOCK_BITS
const IN_BLOCK = BLOCK_ROWS - 1

export const createColumn = <Values extends Numbers>(make: new (length: number) => Values): RowColumn<Values> => {
  let blocks: Values[] = []
  let length = 0
  const at = (row: number): number => blocks[row >>> BLOCK_BITS][row & IN_BLOCK]
  return {
    append: (values, count) => {
      let from = 0
      while (from < count) {
        const used = length & IN_BLOCK
        if (used === 0) blocks.push(new make(BLOCK_ROWS))
        const to = Math.min(count, from + BLOCK_ROWS - used)
        blocks[length >>> BLOCK_BITS].set(values.subarray(from, to), used)
        length += to - from
        from = to
      }
    },
    at,
    take: (order) => {
      const taken = new make(order.length)
      for (let i = 0; i < order.length; i++) taken[i] = at(order[i])
      blocks = []
      length = 0
      return taken
    },
    bytes: () => blocks.reduce((sum, block) => sum + block.byteLength, 0),
  }
}
