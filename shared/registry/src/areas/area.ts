import { areaName, instant } from '@fleetlake/contracts'
import { countPositions, FleetError, givenPolygons } from '@fleetlake/core'
import { z } from 'zod'

/** Positions of one area: as many as a search takes by default (`finder.maxVertices`). */
export const MAX_AREA_POSITIONS = 10_000
/** Of the JSON text of an area's properties. */
export const MAX_PROPERTIES_BYTES = 4_096
const MAX_PROPERTIES = 64

type Position = readonly [longitude: number, latitude: number]

/** GeoJSON, longitude and latitude in degrees WGS84; rings are closed. */
export type AreaGeometry =
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] }

const isGeometry = (value: unknown): value is AreaGeometry => {
  if (typeof value !== 'object' || value === null) return false
  const { type, coordinates, ...others } = value as Record<string, unknown>
  if ((type !== 'Polygon' && type !== 'MultiPolygon') || !Array.isArray(coordinates)) return false
  try {
    return Object.keys(others).length === 0 && givenPolygons(value).length > 0
  } catch (error) {
    if (error instanceof FleetError) return false
    throw error
  }
}

/**
 * An area that people have named; its id is an `areaId`. Its rings are looked at when it is added (`checkGeometry`), not each time that the registry is opened: a search that names an area
 * looks at them again.
 */
export const area = z.strictObject({
  name: areaName,
  geometry: z
    .custom<AreaGeometry>(isGeometry, 'is not a GeoJSON Polygon or MultiPolygon')
    .refine(
      (geometry) => countPositions(geometry) <= MAX_AREA_POSITIONS,
      `has more than ${MAX_AREA_POSITIONS} positions`,
    ),
  description: z.string().min(1).max(1_000).optional(),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/, 'must be # and six hexadecimal digits, such as #0ea5e9')
    .optional(),
  /** As the file that it comes from had them. */
  properties: z
    .record(z.string().max(255), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .refine((properties) => Object.keys(properties).length <= MAX_PROPERTIES, `has more than ${MAX_PROPERTIES} members`)
    .refine(
      (properties) => Buffer.byteLength(JSON.stringify(properties)) <= MAX_PROPERTIES_BYTES,
      `takes at most ${MAX_PROPERTIES_BYTES} bytes of JSON`,
    )
    .optional(),
  /** Event time from which on this polygon holds; always when missing. */
  validFrom: instant.optional(),
})

export type NamedArea = z.output<typeof area>
