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

/** Crossing parity in whole millionths of a degree, with whole numbers as large as they need to be. */
const crossings = (ring: Ring, x: number, y: number): number => {
  let count = 0
  for (let i = 1; i < ring.length; i++) {
    const [[ax, ay], [bx, by]] = [ring[i - 1], ring[i]]
    if (ay <= y === by <= y) continue
    const [left, right] = [(bx - ax) * (y - ay), (by - ay) * (x - ax)]
    const isSafe = Math.abs(left) < 2 ** 52 && Math.abs(right) < 2 ** 52
    const side = isSafe ? left - right : Number(BigInt(bx - ax) * BigInt(y - ay) - BigInt(by - ay) * BigInt(x - ax))
    if (by > ay ? side > 0 : side < 0) count++
  }
  return count
}

/** The rows that a search must find, looked at one by one: no plan, no index, no pruning. */
export const selectByBruteForce = (rows: TableRows, search: BruteForceSearch): number[] => {
  const { area, from, to, vehicleTypes, vehicleIds } = search
  const polygons = (area.type === 'Polygon' ? [area.coordinates] : area.coordinates) as Ring[][]
  const scaled = polygons.map((rings) =>
    rings.map((ring) => ring.map(([x, y]): [number, number] => [Math.round(x * 1e6), Math.round(y * 1e6)])),
  )
  const types = vehicleTypes && new Set(vehicleTypes)
  const ids = vehicleIds && new Set(vehicleIds)
  const selected: number[] = []
  for (let i = 0; i < rows.length; i++) {
    if (rows.time[i] < from || rows.time[i] >= to) continue
    if (types !== undefined && !types.has(rows.vehicleTypes[i])) continue
    if (ids !== undefined && !ids.has(rows.vehicleIds[i])) continue
    const isIn = (rings: Ring[]): boolean =>
      rings.reduce((count, ring) => count + crossings(ring, rows.x[i], rows.y[i]), 0) % 2 === 1
    if (scaled.some(isIn)) selected.push(i)
  }
  return selected
}
