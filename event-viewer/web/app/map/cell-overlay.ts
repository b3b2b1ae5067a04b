import { cellBounds, parseCell } from '@fleetlake/core'
import type { Feature, Polygon } from 'geojson'
import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl'

/** A geohash cell, 1–6 characters, and what it stands for: rows, bytes, files. */
export interface CellValue {
  readonly cell: string
  readonly value: number
}

/** One colour of the legend: values in `[from, to]`, both of which occur. */
export interface CellClass {
  readonly from: number
  readonly to: number
  readonly color: string
}

const SOURCE = 'fleet-cells'
const FILL = 'fleet-cells-fill'
const LINE = 'fleet-cells-line'

/** From few to many, in even steps of lightness, told apart by colour-blind eyes and on a dark and on a light map (viridis). */
const COLORS = ['#414487', '#2a788e', '#22a884', '#7ad151', '#fde725'] as const

/** At most five classes with about as many cells each; equal values are in one class. */
export const cellClasses = (values: readonly number[]): CellClass[] => {
  const sorted = values.toSorted((a, b) => a - b)
  const distinct = new Set(sorted).size
  const count = Math.min(COLORS.length, distinct)
  const classes: CellClass[] = []
  let start = 0
  for (let n = 0; n < count && start < sorted.length; n++) {
    let end = Math.max(start + 1, Math.round(((n + 1) * sorted.length) / count))
    while (end < sorted.length && sorted[end] === sorted[end - 1]) end++
    if (n === count - 1) end = sorted.length
    const color = COLORS[count === 1 ? 2 : Math.round((n * (COLORS.length - 1)) / (count - 1))]
    classes.push({ from: sorted[start], to: sorted[end - 1], color })
    start = end
  }
  return classes
}

/**
 * Draws cells in the place of those before, below the names on the map.
 * @param beforeLayer what they are drawn below: `useFleetMap().labelLayer()`
 * @returns the classes, for a legend
 * @throws FleetError `cell.invalid`
 */
export const showCells = (map: MapLibreMap, cells: readonly CellValue[], beforeLayer?: string): CellClass[] => {
  const classes = cellClasses(cells.map(({ value }) => value))
  const data = { type: 'FeatureCollection' as const, features: cells.map((each) => cellFeature(each, classes)) }
  const source = map.getSource<GeoJSONSource>(SOURCE)
  if (source !== undefined) {
    void source.setData(data)
    return classes
  }
  map.addSource(SOURCE, { type: 'geojson', data, attribution: '' })
  map.addLayer(
    { id: FILL, type: 'fill', source: SOURCE, paint: { 'fill-color': ['get', 'color'], 'fill-opacity': 0.5 } },
    beforeLayer,
  )
  map.addLayer(
    { id: LINE, type: 'line', source: SOURCE, paint: { 'line-color': ['get', 'color'], 'line-width': 1 } },
    beforeLayer,
  )
  return classes
}

/** Takes the cells away; nothing when there are none. */
export const hideCells = (map: MapLibreMap): void => {
  for (const layer of [FILL, LINE]) if (map.getLayer(layer) !== undefined) map.removeLayer(layer)
  if (map.getSource(SOURCE) !== undefined) map.removeSource(SOURCE)
}

const cellFeature = ({ cell, value }: CellValue, classes: readonly CellClass[]): Feature<Polygon> => {
  const { west, south, east, north } = cellBounds(parseCell(cell), cell.length)
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
  const color = classes.find(({ to }) => value <= to)!.color
  return { type: 'Feature', properties: { cell, value, color }, geometry: { type: 'Polygon', coordinates: [ring] } }
}
