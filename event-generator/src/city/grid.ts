import type { Bounds } from '../core/city.ts'
import type { Coordinate } from './feature.ts'
import { eastPerNorth } from './geometry.ts'

/** Metres per degree north. */
const DEGREE_M = 111_195

/** A grid of square cells over bounds; row 0 is the northernmost. Cells are marked with 1. */
export interface Grid {
  readonly bounds: Bounds
  readonly columns: number
  readonly rows: number
  /** Row by row. */
  readonly marks: Uint8Array
}

export const createGrid = (bounds: Bounds, cellMetres: number): Grid => {
  const [west, south, east, north] = bounds
  const columns = Math.max(1, Math.round(((east - west) * DEGREE_M) / eastPerNorth((south + north) / 2) / cellMetres))
  const rows = Math.max(1, Math.round(((north - south) * DEGREE_M) / cellMetres))
  return { bounds, columns, rows, marks: new Uint8Array(columns * rows) }
}

/** Column and row of a point, with fractions: `[0, columns]`, `[0, rows]` within the bounds. */
export const placeOnGrid = ({ bounds, columns, rows }: Grid, [longitude, latitude]: Coordinate): [number, number] => {
  const [west, south, east, north] = bounds
  return [((longitude - west) / (east - west)) * columns, ((north - latitude) / (north - south)) * rows]
}

/** Longitude and latitude of a place on the grid; the inverse of `placeOnGrid`. */
export const pointOfGrid = ({ bounds, columns, rows }: Grid, [column, row]: readonly number[]): [number, number] => {
  const [west, south, east, north] = bounds
  return [west + (column / columns) * (east - west), north - (row / rows) * (north - south)]
}

export const markPoint = (grid: Grid, point: Coordinate): void => {
  const [x, y] = placeOnGrid(grid, point)
  markCell(grid, Math.floor(x), Math.floor(y))
}

export const markLine = (grid: Grid, line: readonly Coordinate[]): void => {
  for (let n = 1; n < line.length; n++) {
    const [x0, y0] = placeOnGrid(grid, line[n - 1])
    const [x1, y1] = placeOnGrid(grid, line[n])
    const steps = Math.ceil(2 * Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 0.5))
    for (let k = 0; k <= steps; k++) {
      markCell(grid, Math.floor(x0 + ((x1 - x0) * k) / steps), Math.floor(y0 + ((y1 - y0) * k) / steps))
    }
  }
}

/** Cells whose middle is in the polygon, and those of its outline. */
export const markPolygon = (grid: Grid, polygon: readonly (readonly Coordinate[])[]): void => {
  const rings = polygon.map((ring) => ring.map((point) => placeOnGrid(grid, point)))
  for (const ring of polygon) markLine(grid, ring)
  const heights = rings.flat().map(([, y]) => y)
  const last = Math.min(grid.rows - 1, Math.floor(Math.max(...heights)))
  for (let row = Math.max(0, Math.floor(Math.min(...heights))); row <= last; row++) {
    const crossings = rings.flatMap((ring) => crossingsOf(ring, row + 0.5)).toSorted((a, b) => a - b)
    for (let n = 0; n + 1 < crossings.length; n += 2) {
      for (let column = Math.ceil(crossings[n] - 0.5); column < crossings[n + 1] - 0.5; column++) {
        markCell(grid, column, row)
      }
    }
  }
}

const markCell = ({ marks, columns, rows }: Grid, column: number, row: number): void => {
  if (column >= 0 && row >= 0 && column < columns && row < rows) marks[row * columns + column] = 1
}

const crossingsOf = (ring: readonly (readonly [number, number])[], y: number): number[] => {
  const crossings: number[] = []
  for (let n = 1; n < ring.length; n++) {
    const [[x0, y0], [x1, y1]] = [ring[n - 1], ring[n]]
    if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0))
  }
  return crossings
}
