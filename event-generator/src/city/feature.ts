/** A GeoJSON feature, as far as a city is made of them; longitude, latitude in degrees WGS84. */
export interface CityFeature {
  readonly type: 'Feature'
  readonly geometry: CityGeometry
  readonly properties: Readonly<Record<string, unknown>> | null
}

/** Longitude, latitude, perhaps more. */
export type Coordinate = readonly number[]

export type CityGeometry =
  | { readonly type: 'Point'; readonly coordinates: Coordinate }
  | { readonly type: 'MultiPoint'; readonly coordinates: readonly Coordinate[] }
  | { readonly type: 'LineString'; readonly coordinates: readonly Coordinate[] }
  | { readonly type: 'MultiLineString'; readonly coordinates: readonly (readonly Coordinate[])[] }
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Coordinate[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Coordinate[])[])[] }

/** A property as text; empty when absent. */
export const tag = (feature: CityFeature, name: string): string => {
  const value = feature.properties?.[name]
  return value === undefined || value === null ? '' : String(value)
}

/** The lines of a feature; none when it is not a line. */
export const linesOf = ({ geometry }: CityFeature): readonly (readonly Coordinate[])[] => {
  if (geometry.type === 'LineString') return [geometry.coordinates]
  return geometry.type === 'MultiLineString' ? geometry.coordinates : []
}

/** The points of a feature; none when it is no point. */
export const pointsOf = ({ geometry }: CityFeature): readonly Coordinate[] => {
  if (geometry.type === 'Point') return [geometry.coordinates]
  return geometry.type === 'MultiPoint' ? geometry.coordinates : []
}
