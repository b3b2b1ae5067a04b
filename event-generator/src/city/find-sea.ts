import { simplify } from '@turf/simplify'
import { contours } from 'd3-contour'
import type { Bounds } from '../core/city.ts'
import { distanceField } from './distance-field.ts'
import type { CityFeature, Coordinate } from './feature.ts'
import { createGrid, markLine, markPoint, markPolygon, placeOnGrid, pointOfGrid } from './grid.ts'
import type { Grid } from './grid.ts'

const CELL_M = 10

/** Two mapped things closer to each other than twice this have no sea between them. */
const GAP_M = 150

/** How far the shore is from the outermost mapped thing along it: half a street and what is beside it. */
const SHORE_M = 20

/** The shore keeps off anything mapped by this much, also where it stands out into the sea: a breakwater. */
const CLEARANCE_M = 12

/** How much the shore may be straightened, degrees: 3 m. */
const TOLERANCE_DEGREES = 3e-5

/** Smaller waters, cells, are left out: a gap in the map, not in the land. */
const LEAST_CELLS = 60

export interface Coast {
  /** Everything mapped that stands on land; more of it makes a better shore. */
  readonly land: readonly CityFeature[]
  readonly bounds: Bounds
  /** A point in the sea. */
  readonly seaAt: Coordinate
}

/**
 * The sea of a map without a coastline: all that can be reached from a point in the sea without coming near anything on land.
 * Where streets and beaches line the shore it is a few tens of metres off; where nothing is mapped it runs too far inland.
 * Nothing on land is in it.
 */
export const findSea = ({ land, bounds, seaAt }: Coast): CityFeature => {
  const grid = createGrid(bounds, CELL_M)
  for (const feature of land) mark(grid, feature)
  const { columns, rows } = grid
  const toLand = distanceField(grid.marks, columns)
  const open = openSea(grid, toLand, seaAt)
  const toOpen = distanceField(open, columns)
  const reach = (GAP_M - SHORE_M) / CELL_M
  const depth = new Float64Array(toLand.length)
  for (let cell = 0; cell < depth.length; cell++) {
    depth[cell] = Math.min(reach - Math.sqrt(toOpen[cell]), Math.sqrt(toLand[cell]) - CLEARANCE_M / CELL_M)
  }
  const [{ coordinates }] = contours().size([columns, rows]).thresholds([0])(depth as unknown as number[])
  const polygons = coordinates
    .filter(([ring]) => areaOf(ring) >= LEAST_CELLS)
    .map((polygon) => polygon.map((ring) => ring.map((place) => pointOfGrid(grid, place))))
  const geometry = simplify({ type: 'MultiPolygon', coordinates: polygons }, { tolerance: TOLERANCE_DEGREES })
  return { type: 'Feature', properties: { place: 'sea' }, geometry: geometry as CityFeature['geometry'] }
}

const mark = (grid: Grid, { geometry }: CityFeature): void => {
  const { type, coordinates } = geometry
  if (type === 'Point') markPoint(grid, coordinates)
  else if (type === 'LineString') markLine(grid, coordinates)
  else if (type === 'Polygon') markPolygon(grid, coordinates)
  else if (type === 'MultiPoint') coordinates.forEach((each) => markPoint(grid, each))
  else if (type === 'MultiLineString') coordinates.forEach((each) => markLine(grid, each))
  else coordinates.forEach((each) => markPolygon(grid, each))
}

/** Cells farther than the gap from land and connected with the given point through such cells. */
const openSea = (grid: Grid, toLand: Float64Array, seaAt: Coordinate): Uint8Array => {
  const { columns, rows } = grid
  const least = (GAP_M / CELL_M) ** 2
  const open = new Uint8Array(columns * rows)
  const [x, y] = placeOnGrid(grid, seaAt)
  const pending = [Math.floor(y) * columns + Math.floor(x)]
  for (let cell = pending.pop(); cell !== undefined; cell = pending.pop()) {
    if (open[cell] === 1 || !(toLand[cell] > least)) continue
    open[cell] = 1
    const column = cell % columns
    if (column > 0) pending.push(cell - 1)
    if (column < columns - 1) pending.push(cell + 1)
    if (cell >= columns) pending.push(cell - columns)
    if (cell < columns * (rows - 1)) pending.push(cell + columns)
  }
  return open
}

const areaOf = (ring: readonly (readonly number[])[]): number => {
  let twice = 0
  for (let n = 1; n < ring.length; n++) twice += ring[n - 1][0] * ring[n][1] - ring[n][0] * ring[n - 1][1]
  return Math.abs(twice) / 2
}
