import type { AnswerFormat } from './answer-format.ts'
import type { CsvOptions } from './csv.ts'
import type { FormatName } from './format-names.ts'
import type { LineOptions } from './line-format.ts'

/** Each format looks at what concerns it. */
export type FormatOptions = LineOptions & CsvOptions

/**
 * A writer of one answer. Formats are loaded when they are asked for: a page should not carry the library of a format that is not exported.
 * Those that are `isByVehicle` must be given rows sorted by vehicle and time.
 */
export const openFormat = async (name: FormatName, options: FormatOptions): Promise<AnswerFormat> => {
  switch (name) {
    case 'ndjson':
      return (await import('./ndjson.ts')).ndjson()
    case 'csv':
      return (await import('./csv.ts')).csv(options)
    case 'geojson':
      return (await import('./geojson.ts')).geojson()
    case 'geojson-lines':
      return (await import('./geojson-lines.ts')).geojsonLines(options)
    case 'gpx':
      return (await import('./gpx.ts')).gpx(options)
    case 'kml':
      return (await import('./kml.ts')).kml(options)
    case 'mf-json':
      return (await import('./mf-json.ts')).mfJson(options)
    case 'arrow':
      return (await import('./arrow.ts')).arrow()
    case 'parquet':
      return (await import('./parquet.ts')).parquet()
    case 'geoparquet':
      return (await import('./parquet.ts')).geoparquet()
  }
}
