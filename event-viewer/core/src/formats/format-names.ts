export const FORMATS = [
  'ndjson',
  'csv',
  'geojson',
  'geojson-lines',
  'gpx',
  'kml',
  'mf-json',
  'arrow',
  'parquet',
  'geoparquet',
] as const
export type FormatName = (typeof FORMATS)[number]

export interface FormatTraits {
  /** For people: what it is, and what for. */
  readonly label: string
  /** Of a file's name, with the dot. */
  readonly extension: string
  readonly mediaType: string
  /** Whether rows must come sorted by vehicle and time, because the format draws lines. */
  readonly isByVehicle: boolean
  /** Whether no terminal shows it. */
  readonly isBinary: boolean
}

const text = { isByVehicle: false, isBinary: false }
const lines = { isByVehicle: true, isBinary: false }
const binary = { isByVehicle: false, isBinary: true }

export const FORMAT_TRAITS: Readonly<Record<FormatName, FormatTraits>> = {
  ndjson: { ...text, label: 'NDJSON, one position per line', extension: '.ndjson', mediaType: 'application/x-ndjson' },
  csv: { ...text, label: 'CSV, for spreadsheets', extension: '.csv', mediaType: 'text/csv' },
  geojson: { ...text, label: 'GeoJSON, points for maps', extension: '.geojson', mediaType: 'application/geo+json' },
  'geojson-lines': {
    ...lines,
    label: 'GeoJSON, a line for each drive',
    extension: '.lines.geojson',
    mediaType: 'application/geo+json',
  },
  gpx: { ...lines, label: 'GPX, tracks for navigation', extension: '.gpx', mediaType: 'application/gpx+xml' },
  kml: {
    ...lines,
    label: 'KML, tracks for Google Earth',
    extension: '.kml',
    mediaType: 'application/vnd.google-earth.kml+xml',
  },
  'mf-json': {
    ...lines,
    label: 'OGC Moving Features JSON',
    extension: '.mfjson',
    mediaType: 'application/geo+json',
  },
  arrow: {
    ...binary,
    label: 'Arrow, for data frames',
    extension: '.arrow',
    mediaType: 'application/vnd.apache.arrow.file',
  },
  parquet: {
    ...binary,
    label: 'Parquet, for databases',
    extension: '.parquet',
    mediaType: 'application/vnd.apache.parquet',
  },
  geoparquet: {
    ...binary,
    label: 'GeoParquet, for GIS',
    extension: '.geo.parquet',
    mediaType: 'application/vnd.apache.parquet',
  },
}

/** Other endings that people give. */
const ALIASES: readonly (readonly [string, FormatName])[] = [
  ['.jsonl', 'ndjson'],
  ['.json', 'geojson'],
  ['.mf.json', 'mf-json'],
  ['.mf-json', 'mf-json'],
  ['.geoparquet', 'geoparquet'],
  ['.feather', 'arrow'],
]

/** The format that a file's name ends in, the longest ending first; undefined when it ends in none. */
export const formatOfName = (name: string): FormatName | undefined =>
  [...FORMATS.map((format) => [FORMAT_TRAITS[format].extension, format] as const), ...ALIASES]
    .toSorted(([a], [b]) => b.length - a.length)
    .find(([ending]) => name.toLowerCase().endsWith(ending))?.[1]
