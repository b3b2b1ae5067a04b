import { FleetError } from '@fleetlake/core'
import { AIS } from './ais/read-ais.ts'
import { arrow } from './arrow/arrow.ts'
import { CSV } from './csv/read-csv.ts'
import type { Format, FormatName } from './format.ts'
import { GPX } from './gpx/read-gpx.ts'
import { JSON_FORMATS } from './json/index.ts'
import { KML } from './kml/read-kml.ts'
import { NMEA } from './nmea/read-nmea.ts'
import { parquet } from './parquet/parquet.ts'
import { PLT } from './plt/read-plt.ts'
import { SQLITE } from './sqlite/read-sqlite.ts'
import { XLSX } from './xlsx/read-xlsx.ts'

/** Every format, the more special before the more general. */
export const FORMATS: readonly Format[] = [parquet, arrow, XLSX, SQLITE, AIS, NMEA, PLT, GPX, KML, ...JSON_FORMATS, CSV]

/** @throws FleetError `usage.invalid` */
export const formatNamed = (name: FormatName): Format => {
  const found = FORMATS.find((format) => format.name === name)
  if (found === undefined) throw new FleetError('usage.invalid', `no format is called "${name}"`)
  return found
}

/**
 * The format that the beginning of an input shows: by content before syntax, and of several the more special one.
 * @throws FleetError `import.invalid` when it is none
 */
export const detectFormat = (head: Uint8Array, name: string): Format => {
  let best: { readonly format: Format; readonly score: number } | undefined
  for (const format of FORMATS) {
    const score = format.sniff(head, name)
    if (score > (best?.score ?? 0)) best = { format, score }
  }
  if (best !== undefined) return best.format
  throw new FleetError(
    'import.invalid',
    `${name} is of no known format: say it with --from ${FORMATS.map((format) => format.name).join('|')}`,
  )
}
