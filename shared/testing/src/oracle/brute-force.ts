import type { TableRows } from './read-table.ts'

export interface BruteForceSearch {
  readonly area: { readonly type: 'Polygon' | 'MultiPolygon'; readonly coordinates: unknown }
  /** `[from, to)`, ms. */
  readonly from: number
  readonly to: number
  readonly vehicleTypes?: readonly string[]
  readonly vehicleIds?: readonly string[]
}

type Ring = [number, number][]

/** `(b − a) × (p − a)`, in numbers as large as it needs. */
const turn = ([ax, ay]: Ring[0], [bx, by]: Ring[0], x: number, y: number): number => {
  const [left, right] = [(bx - ax) * (y - ay), (by - ay) * (x - ax)]
  const isSafe = Math.abs(left) < 2 ** 52 && Math.abs(right) < 2 ** 52
  return isSafe ? left - right : Number(BigInt(bx - ax) * BigInt(y - ay) - BigInt(by - ay) * BigInt(x - ax))
}

/**
 * Whether a point, moved a little east and, by less, north (at the pole, south), is in a ring: the edges below it are counted. In whole millionths of a degree.
 */
const isInRing = (ring: Ring, x: number, y: number): boolean => {
  let isIn = false
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1], ring[i]]
    if (a[0] <= x === b[0] <= x) continue
    const [west, east] = a[0] < b[0] ? [a, b] : [b, a]
    const above = turn(west, east, x, y)
    if (above > 0 || (above === 0 && (y === 90e6 ? east[1] < west[1] : east[1] <= west[1]))) isIn = !isIn
  }
  return isIn
}

/** A ring as often as turns of the globe bring it into sight. */
const turnsOf = (ring: Ring): Ring[] => {
  const [west, east] = [Math.min, Math.max].map((extreme) => ring.reduce((found, [x]) => extreme(found, x), ring[0][0]))
  const turns = [-720e6, -360e6, 0, 360e6, 720e6].filter((by) => west + by <= 180e6 && east + by >= -180e6)
  return turns.map((by) => ring.map(([x, y]) => [x + by, y]))
}

/** The rows that a search must find, looked at one by one: no plan, no index, no pruning. */
export const selectByBruteForce = (rows: TableRows, search: BruteForceSearch): number[] => {
  const { area, from, to, vehicleTypes, vehicleIds } = search
  const polygons = (area.type === 'Polygon' ? [area.coordinates] : area.coordinates) as Ring[][]
  const scaled = polygons.map((rings) =>
    rings.map((ring) => turnsOf(ring.map(([x, y]): Ring[0] => [Math.round(x * 1e6), Math.round(y * 1e6)]))),
  )
  const types = vehicleTypes && new Set(vehicleTypes)
  const ids = vehicleIds && new Set(vehicleIds)
  const selected: number[] = []
  for (let i = 0; i < rows.length; i++) {
    if (rows.time[i] < from || rows.time[i] >= to) continue
    if (types !== undefined && !types.has(rows.vehicleTypes[i])) continue
    if (ids !== undefined && !ids.has(rows.vehicleIds[i])) continue
    const [x, y] = [rows.x[i] === 180e6 ? -180e6 : rows.x[i], rows.y[i]]
    const isIn = (turns: Ring[]): boolean => turns.some((ring) => isInRing(ring, x, y))
    if (scaled.some(([outline, ...holes]) => isIn(outline) && !holes.some(isIn))) selected.push(i)
  }
  return selected
}
