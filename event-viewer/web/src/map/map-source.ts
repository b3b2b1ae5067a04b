import { access, constants } from 'node:fs/promises'
import type { Config } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { isAddress, originsOf, readStyleOrigins } from './style-origins.ts'

/** The map that is shown instead of the city pack's. */
export interface MapSource {
  /** Where the page finds a style, a PMTiles file; null for none. */
  readonly style: string | null
  readonly pmtiles: string | null
  /** The files of this machine that are served for it. */
  readonly files: readonly { readonly path: string; readonly file: string }[]
  /** The hosts that the page may load it from, as far as they are known yet. */
  origins(): readonly string[]
}

export interface MapSourceDeps {
  /** Told when a style can't be read, so that its tiles may be refused to the page. */
  readonly warn: (what: string) => void
}

/**
 * What the configuration says of the map. What a style loads is found out meanwhile: no request waits for another server.
 * @throws FleetError `config.invalid` for a file that is not there
 */
export const openMapSource = async (
  { mapStyle, mapPmtiles }: Pick<Config['viewer'], 'mapStyle' | 'mapPmtiles'>,
  { warn }: MapSourceDeps,
): Promise<MapSource> => {
  const style = await place('viewer.mapStyle', mapStyle, '/api/map-style.json')
  const pmtiles = await place('viewer.mapPmtiles', mapPmtiles, '/api/map.pmtiles')
  let origins = originsOf([mapStyle ?? '', mapPmtiles ?? ''])
  if (mapStyle !== undefined) {
    readStyleOrigins(mapStyle).then(
      (found) => (origins = [...new Set([...origins, ...found])]),
      (error: unknown) => warn(reasonOf(error)),
    )
  }
  return {
    style: style.shown,
    pmtiles: pmtiles.shown,
    files: [...style.files, ...pmtiles.files],
    origins: () => origins,
  }
}

const place = async (
  key: string,
  value: string | undefined,
  path: string,
): Promise<{ shown: string | null; files: MapSource['files'] }> => {
  if (value === undefined) return { shown: null, files: [] }
  if (isAddress(value)) return { shown: value, files: [] }
  try {
    await access(value, constants.R_OK)
  } catch (cause) {
    throw new FleetError(
      'config.invalid',
      `${key} is neither an address (https://…) nor a file that can be read: ${value}`,
      { cause },
    )
  }
  return { shown: path, files: [{ path, file: value }] }
}
