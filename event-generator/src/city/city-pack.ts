import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { Bounds, City } from '../core/city.ts'
import { VEHICLE_TYPES } from '../core/vehicle-type.ts'
import { buildCity } from './build-city.ts'
import type { CityOptions } from './build-city.ts'
import type { CityFeature } from './feature.ts'
import { drawLayers } from './layers.ts'
import { decodeNetwork, encodeNetwork } from './network-file.ts'
import type { Section } from './network-file.ts'

/** Counts up whenever a pack would come out differently from the same features. */
export const PACK_VERSION = 3

const HEADER = 'city.json'
const NETWORK = 'network.bin'

/** `city.json`: what is in a pack, with the hash of every other file of it. */
interface PackHeader {
  readonly format: 'fleetlake-city'
  readonly version: number
  readonly name: string
  readonly attribution: string
  readonly bounds: Bounds
  readonly districts: readonly string[]
  /** That can drive here: what a run may be asked for. */
  readonly vehicleTypes: readonly string[]
  readonly sections: readonly Section[]
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>
}

/** The files of a city pack by name. The same features give the same bytes. */
export type CityPack = ReadonlyMap<string, Uint8Array>

/**
 * A city pack from any map: `city.json`, `network.bin` and a GeoJSON file per map layer.
 * @param features streets (lines with `highway`, `oneway`, `maxspeed`, `name`), suburbs (points with `place=suburb` and `name`), and
 *   what a map shows besides (`leisure`, `landuse`, `natural`, `waterway`, areas with `place=sea`); tagged as in OpenStreetMap. An area
 *   with `boundary=map` is all that the map covers, a line an edge of it
 * @throws FleetError `city.invalid` when the streets do not make a network
 */
export const buildPack = (features: readonly CityFeature[], options: CityOptions): CityPack => {
  const { city, districts } = buildCity(features, options)
  const { sections, bytes } = encodeNetwork(city)
  const layers = Object.entries(drawLayers(features, districts, city.attribution))
  const files = new Map([
    [NETWORK, bytes],
    ...layers.map(([layer, text]) => [`${layer}.geojson`, encode(text)] as const),
  ])
  const header: PackHeader = {
    format: 'fleetlake-city',
    version: PACK_VERSION,
    name: city.name,
    attribution: city.attribution,
    bounds: city.bounds,
    districts: city.districts,
    vehicleTypes: VEHICLE_TYPES.map(({ name }) => name),
    sections,
    files: Object.fromEntries([...files].map(([name, file]) => [name, { bytes: file.length, sha256: sha256(file) }])),
  }
  return files.set(HEADER, encode(`${JSON.stringify(header, undefined, 2)}\n`))
}

/** Writes a pack beside its place and moves it there in one step: what is interrupted is never taken for a pack. */
export const writePack = async (folder: string, pack: CityPack): Promise<void> => {
  const mark = randomUUID()
  const fresh = join(dirname(folder), `.${basename(folder)}.${mark}.new`)
  const aside = join(dirname(folder), `.${basename(folder)}.${mark}.old`)
  await mkdir(fresh, { recursive: true })
  await mkdir(aside)
  try {
    for (const [name, bytes] of pack) await writeFile(join(fresh, name), bytes, { flush: true })
    while (!(await moveTo(fresh, folder))) await moveAway(folder, join(aside, randomUUID()))
  } finally {
    await rm(fresh, { recursive: true, force: true })
    await rm(aside, { recursive: true, force: true })
  }
}

/**
 * The city of a pack, checked against its header.
 * @throws FleetError `city.invalid` when there is no pack, or it is damaged, or of another version
 */
export const loadCityPack = async (folder: string): Promise<City> => {
  const read = async (name: string): Promise<Uint8Array> => {
    try {
      return await readFile(join(folder, name))
    } catch (cause) {
      throw new FleetError('city.invalid', `${folder} holds no city pack, ${name} can't be read: build it first`, {
        cause,
      })
    }
  }
  const header = parseHeader(folder, await read(HEADER))
  const bytes = await read(NETWORK)
  if (sha256(bytes) !== header.files[NETWORK]?.sha256) {
    throw new FleetError(
      'city.invalid',
      `${join(folder, NETWORK)} is not the file that was built: build the city pack again`,
    )
  }
  const { name, attribution, bounds, districts, sections } = header
  return { name, attribution, bounds, districts, ...decodeNetwork(sections, bytes) }
}

const parseHeader = (folder: string, bytes: Uint8Array): PackHeader => {
  let header: PackHeader
  try {
    header = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new FleetError('city.invalid', `${join(folder, HEADER)} is not JSON: ${reasonOf(cause)}`, { cause })
  }
  if (header?.format !== 'fleetlake-city' || header.version !== PACK_VERSION) {
    throw new FleetError(
      'city.invalid',
      `${folder} holds no city pack of version ${PACK_VERSION} (${header?.format} ${header?.version}): build it again`,
    )
  }
  return header
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** False where something else stands, which another builder may have put there just now. */
const moveTo = async (from: string, to: string): Promise<boolean> => {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

const moveAway = async (from: string, to: string): Promise<void> => {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
