import type { FeatureCollection, Point } from 'geojson'
import type { FilterSpecification } from 'maplibre-gl'
import type { KnownArea } from '../../api/areas.ts'
import { polygonsOf } from './find-areas.ts'
import { type LabelSize, placeLabel } from './place-label.ts'

/** What a name on the map says of its area: the name, and from which zoom on it fits. */
export interface AreaLabel {
  readonly name: string
  readonly minZoom: number
}

/** Parts of a zoom: each brings all names to the map again, so that there are few. */
const STEPS = 4

/** The zoom by which names are chosen: none is chosen too early, some are a little late. */
export const zoomStep = (zoom: number): number => Math.floor(zoom * STEPS) / STEPS

/** Names that fit at a zoom. */
export const namesThatFit = (zoom: number): FilterSpecification => ['<=', ['get', 'minZoom'], zoom]

/** The names of areas on the map; a step is an area. */
export function* labelsOf(
  areas: readonly KnownArea[],
  sizeOf: (name: string) => LabelSize,
): Generator<void, FeatureCollection<Point, AreaLabel>> {
  const features: FeatureCollection<Point, AreaLabel>['features'] = []
  for (const area of areas) {
    const { name } = area
    const place = placeLabel(polygonsOf(area), sizeOf(name))
    if (place !== undefined) {
      const { longitude, latitude, minZoom } = place
      features.push({
        type: 'Feature',
        properties: { name, minZoom },
        geometry: { type: 'Point', coordinates: [longitude, latitude] },
      })
    }
    yield
  }
  return { type: 'FeatureCollection', features }
}
