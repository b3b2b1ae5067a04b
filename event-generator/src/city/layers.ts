import type { District } from './districts.ts'
import { linesOf, tag } from './feature.ts'
import type { CityFeature, CityGeometry, Coordinate } from './feature.ts'
import { roadOf } from './highway.ts'

/** The files of a pack that a map draws, by name without extension. */
export const LAYERS = ['extent', 'sea', 'streets', 'parks', 'beaches', 'water', 'places', 'districts'] as const

export type Layer = (typeof LAYERS)[number]

const PARKS = new Set(['park', 'garden', 'golf_course', 'recreation_ground', 'cemetery', 'forest'])
const BEACHES = new Set(['beach', 'sand'])
const PLACES = new Set(['city', 'town', 'suburb', 'neighbourhood', 'square', 'hamlet', 'sea'])

/** Five decimals are a metre: enough to draw. */
const DRAWN_DECIMALS = 1e5

/** A map of the city, each layer a GeoJSON FeatureCollection as text. */
export const drawLayers = (
  features: readonly CityFeature[],
  districts: readonly District[],
  attribution: string,
): Record<Layer, string> => {
  const chosen: Record<Layer, CityFeature[]> = {
    extent: [],
    sea: [],
    streets: [],
    parks: [],
    beaches: [],
    water: [],
    places: [],
    districts: [],
  }
  for (const feature of features) {
    const layer = layerOf(feature)
    if (layer !== undefined) chosen[layer].push(feature)
  }
  chosen.districts = districts.map(({ name, ring }) => ({
    type: 'Feature',
    properties: { name },
    geometry: { type: 'Polygon', coordinates: [ring] },
  }))
  const text = (layer: Layer): string =>
    JSON.stringify({
      type: 'FeatureCollection',
      attribution,
      features: chosen[layer].map((feature) => drawn(layer, feature)),
    })
  return Object.fromEntries(LAYERS.map((layer) => [layer, text(layer)])) as Record<Layer, string>
}

const layerOf = (feature: CityFeature): Layer | undefined => {
  const { type } = feature.geometry
  const natural = tag(feature, 'natural')
  if (tag(feature, 'boundary') === 'map') return 'extent'
  if (roadOf(feature) !== undefined && linesOf(feature).length > 0) return 'streets'
  if (type === 'Point') return PLACES.has(tag(feature, 'place')) && tag(feature, 'name') !== '' ? 'places' : undefined
  if (tag(feature, 'waterway') !== '' || natural === 'water') return 'water'
  if (type !== 'Polygon' && type !== 'MultiPolygon') return undefined
  if (tag(feature, 'place') === 'sea') return 'sea'
  if (BEACHES.has(natural)) return 'beaches'
  return PARKS.has(tag(feature, 'leisure')) || PARKS.has(tag(feature, 'landuse')) ? 'parks' : undefined
}

const PROPERTIES: Readonly<Record<Layer, readonly string[]>> = {
  extent: [],
  sea: ['name'],
  streets: ['name', 'highway', 'oneway', 'maxspeed'],
  parks: ['name'],
  beaches: ['name'],
  water: ['name', 'waterway'],
  places: ['name', 'place'],
  districts: ['name'],
}

const drawn = (layer: Layer, feature: CityFeature): CityFeature => ({
  type: 'Feature',
  properties: Object.fromEntries(
    PROPERTIES[layer].map((name) => [name, tag(feature, name)]).filter(([, value]) => value !== ''),
  ),
  geometry: { ...feature.geometry, coordinates: rounded(feature.geometry.coordinates) } as CityGeometry,
})

type Nested = Coordinate | readonly Nested[]

const rounded = (coordinates: Nested | number): Nested | number =>
  typeof coordinates === 'number'
    ? Math.round(coordinates * DRAWN_DECIMALS) / DRAWN_DECIMALS
    : (coordinates.map(rounded) as Nested)
