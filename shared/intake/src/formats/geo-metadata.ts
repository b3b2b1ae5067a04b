import { FleetError } from '@fleetlake/core'

/** What files with geometries say of them: GeoParquet's key `geo`, which GeoPandas writes into Arrow files too. */
export interface GeoMetadata {
  /** The column with the places of rows. */
  readonly column: string
  readonly encoding: 'wkb' | 'point'
  /** Columns that only repeat the geometry's bounds. */
  readonly coverings: readonly string[]
  /** @throws FleetError `import.invalid` when its geometries are no points of longitude and latitude */
  check(): void
}

const invalid = (what: string): FleetError => new FleetError('import.invalid', what)

type Json = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

const WORLDS = new Set(['OGC:CRS84', 'EPSG:4326', 'OGC:84'])
const WORLD_NAME = /^WGS ?(19)?84( \(CRS84\))?$/i

/** A reference system by its identifier, or, as PROJJSON, what it says of itself. */
const isWorld = (crs: unknown): boolean => {
  if (typeof crs === 'string') {
    const text = crs.trim()
    return text === '' || WORLDS.has(text.toUpperCase()) || (text.startsWith('{') && isWorld(parsed(text)))
  }
  const { id, name } = objectOf(crs)
  const { authority, code } = objectOf(id)
  if (authority !== undefined) return WORLDS.has(`${String(authority)}:${String(code)}`.toUpperCase())
  return typeof name === 'string' && WORLD_NAME.test(name)
}

const nameOfCrs = (crs: unknown): string => {
  const { name, id } = objectOf(crs)
  const { authority, code } = objectOf(id)
  const identifier = authority === undefined ? undefined : `${String(authority)}:${String(code)}`
  return String(identifier ?? name ?? (typeof crs === 'string' ? crs : 'unknown')).slice(0, 80)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @throws FleetError `import.invalid` for another than longitude and latitude of WGS84; undefined is that, by the format's rule */
export const checkCrs = (column: string, crs: unknown): void => {
  if (crs === undefined || isWorld(crs)) return
  if (crs === null)
    throw invalid(
      `its geometries (${column}) are of an unknown reference system: write them as longitude and latitude, OGC:CRS84`,
    )
  throw invalid(
    `its geometries (${column}) are in ${nameOfCrs(crs)}: transform them to longitude and latitude first, OGC:CRS84 or EPSG:4326`,
  )
}

const POINT_TYPES = new Set(['Point', 'Point Z', 'Point M', 'Point ZM'])

const coveringsOf = (column: Json): string[] => {
  const { bbox } = objectOf(column.covering)
  return Object.values(objectOf(bbox)).flatMap((path: unknown) =>
    Array.isArray(path) && typeof path[0] === 'string' ? [path[0]] : [],
  )
}

/** @returns undefined for text that says nothing of a geometry */
export const readGeoMetadata = (text: string | undefined): GeoMetadata | undefined => {
  const geo = objectOf(text === undefined ? undefined : parsed(text))
  const { primary_column: primary } = geo
  if (typeof primary !== 'string') return undefined
  const column = objectOf(objectOf(geo.columns)[primary])
  const { encoding, geometry_types: types, crs } = column
  const isPoint = String(encoding).toLowerCase() === 'point'
  return {
    column: primary,
    encoding: isPoint ? 'point' : 'wkb',
    coverings: coveringsOf(column),
    check: () => {
      checkCrs(primary, crs)
      const others = Array.isArray(types) ? types.filter((type) => !POINT_TYPES.has(String(type))) : []
      if (others.length > 0 && others.length === (types as unknown[]).length)
        throw invalid(
          `its geometries (${primary}) are of type ${others.join(', ').slice(0, 80)}: only points are positions`,
        )
      if (!isPoint && encoding !== undefined && String(encoding).toUpperCase() !== 'WKB')
        throw invalid(
          `its geometries (${primary}) are encoded as ${String(encoding).slice(0, 80)}: write points, or WKB`,
        )
    },
  }
}
