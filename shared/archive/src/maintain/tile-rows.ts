/** How rows become row groups. */
export interface TileShape {
  /** Rows of a tile, about. */
  readonly rows: number
  /** A tile as long in time as this is as wide as one of `metres`: what a search for a place and a time is likely to ask. */
  readonly periodMs: number
  readonly metres: number
}

/** Measured (docs/benchmarks/compaction.md): half the rows read less and take 6 % more bytes, twice the rows the other way round. */
export const PARQUET_TILES: TileShape = { rows: 32_768, periodMs: 1_800_000, metres: 1_000 }

export interface TiledColumns {
  readonly eventTime: Float64Array
  readonly longitude: Int32Array
  readonly latitude: Int32Array
}

const MICRO_PER_METRE = 1e6 / 111_195

/** Moves rows so that those before `middle` have no greater key than those from it on. Hoare's selection, the pivot of three. */
const partAt = (rows: Uint32Array, middle: number, key: ArrayLike<number>): void => {
  let [left, right] = [0, rows.length - 1]
  while (left < right) {
    const [a, b, c] = [key[rows[left]], key[rows[(left + right) >>> 1]], key[rows[right]]]
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
    let [i, j] = [left, right]
    while (i <= j) {
      while (key[rows[i]] < pivot) i++
      while (key[rows[j]] > pivot) j--
      if (i > j) break
      const row = rows[i]
      rows[i++] = rows[j]
      rows[j--] = row
    }
    if (middle <= j) right = j
    else if (middle >= i) left = i
    else return
  }
}

const extentOf = (rows: Uint32Array, key: ArrayLike<number>): { least: number; extent: number } => {
  let [least, most] = [Infinity, -Infinity]
  for (let i = 0; i < rows.length; i++) {
    const value = key[rows[i]]
    if (value < least) least = value
    if (value > most) most = value
  }
  return { least, extent: most - least }
}

/** The column along which some rows reach furthest, as searches see it. */
const widest = (rows: Uint32Array, columns: TiledColumns, { periodMs, metres }: TileShape): ArrayLike<number> => {
  const { eventTime, longitude, latitude } = columns
  const [time, x, y] = [eventTime, longitude, latitude].map((key) => extentOf(rows, key))
  const northing = Math.cos((((y.least + y.extent / 2) / 1e6) * Math.PI) / 180)
  const unit = metres * MICRO_PER_METRE
  const [inTime, inX, inY] = [time.extent / periodMs, (x.extent * northing) / unit, y.extent / unit]
  if (inTime >= inX && inTime >= inY) return eventTime
  return inX >= inY ? longitude : latitude
}

/**
 * Parts rows into tiles small in time and place, each of about the same number of rows: a k-d tree's leaves, so that the statistics of a row
 * group let a search pass it over. Invariant: every row is in one tile, in the order that it had.
 * @param order row numbers; is used up
 */
export function* tileRows(order: Uint32Array, columns: TiledColumns, shape: TileShape): Generator<Uint32Array> {
  if (order.length === 0) return
  const ranks = new Uint32Array(columns.eventTime.length)
  const rows = order.slice()
  for (let i = 0; i < order.length; i++) ranks[order[i]] = i
  const parts: Uint32Array[] = [rows]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const tiles = Math.round(part.length / shape.rows)
    if (tiles <= 1) {
      for (let i = 0; i < part.length; i++) part[i] = ranks[part[i]]
      part.sort()
      for (let i = 0; i < part.length; i++) part[i] = order[part[i]]
      yield part
      continue
    }
    const middle = Math.round((part.length * Math.floor(tiles / 2)) / tiles)
    partAt(part, middle, widest(part, columns, shape))
    parts.push(part.subarray(middle), part.subarray(0, middle))
  }
}
