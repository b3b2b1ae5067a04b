import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { City } from '../core/city.ts'
import { buildPack, loadCityPack, writePack } from './city-pack.ts'
import type { CityFeature } from './feature.ts'
import { MONTEVIDEO, readMontevideoMap } from './montevideo.ts'

/** Builds the pack of Montevideo in a folder, in place of what is there. */
export const buildMontevideoPack = async (folder: string): Promise<void> =>
  writePack(folder, buildPack(await readMontevideoMap(), MONTEVIDEO))

/** The city of a folder's pack; builds Montevideo's first when there is none, or it is damaged or of another version. */
export const provideMontevideo = async (folder: string): Promise<City> => {
  try {
    return await loadCityPack(folder)
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    await buildMontevideoPack(folder)
    return await loadCityPack(folder)
  }
}

/**
 * Builds a pack from a GeoJSON FeatureCollection.
 * @throws FleetError `city.invalid` when the file can't be read or holds no street network
 */
export const buildGeoJsonPack = async (
  folder: string,
  { file, name, attribution }: { file: string; name: string; attribution: string },
): Promise<void> => {
  let features: readonly CityFeature[]
  try {
    features = JSON.parse(await readFile(file, 'utf8')).features
  } catch (cause) {
    throw new FleetError('city.invalid', `${file} can't be read: ${reasonOf(cause)}`, { cause })
  }
  if (!Array.isArray(features)) throw new FleetError('city.invalid', `${file} is not a GeoJSON FeatureCollection`)
  const drawable = features.filter((feature) => feature?.geometry?.coordinates !== undefined)
  await writePack(folder, buildPack(drawable, { name, attribution }))
}

const USAGE = `usage: build-pack.ts <folder> [--geojson streets.geojson --name City --attribution 'who made the map']`

const main = async (): Promise<void> => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { geojson: { type: 'string' }, name: { type: 'string' }, attribution: { type: 'string' } },
  })
  const [folder, ...more] = positionals
  if (folder === undefined || more.length > 0) throw new FleetError('usage.invalid', USAGE)
  const { geojson: file, name = 'City', attribution = '' } = values
  await (file === undefined ? buildMontevideoPack(folder) : buildGeoJsonPack(folder, { file, name, attribution }))
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`${reasonOf(error)}\n`)
    process.exitCode = 1
  })
}
