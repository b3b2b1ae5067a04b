import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError, reasonOf } from '@fleetlake/core'
import { z } from 'zod'
import { pack, type Packed } from '../http/packed.ts'

const HEADER = 'city.json'
const LAYER = /^([a-z]+)\.geojson$/

/** What the viewer reads of `city.json`. */
const header = z.object({
  format: z.literal('fleetlake-city'),
  name: z.string(),
  attribution: z.string(),
  bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  districts: z.array(z.string()),
  vehicleTypes: z.array(z.string()),
  files: z.record(z.string(), z.unknown()),
})

export interface City {
  readonly name: string
  readonly attribution: string
  readonly bounds: readonly [west: number, south: number, east: number, north: number]
  readonly districts: readonly string[]
  readonly vehicleTypes: readonly string[]
  readonly layers: readonly string[]
}

export interface CityPack {
  /** Undefined when there is no pack. @throws FleetError `city.invalid` for one that can't be read */
  describe(): Promise<City | undefined>
  /** A layer of the pack as GeoJSON; undefined for any other name. */
  layer(name: string): Promise<Packed | undefined>
}

/** The city pack of a folder. One that is built, or built again, while this runs is seen at the next question. */
export const createCityPack = (folder: string): CityPack => {
  let known: { readonly mark: string; readonly city: City; readonly layers: Map<string, Promise<Packed>> } | undefined

  const open = async (): Promise<typeof known> => {
    const mark = await markOf(join(folder, HEADER))
    if (mark === undefined) return (known = undefined)
    if (mark !== known?.mark) known = { mark, city: await readHeader(folder), layers: new Map() }
    return known
  }
  return {
    describe: async () => (await open())?.city,
    layer: async (name) => {
      const opened = await open()
      if (opened?.city.layers.includes(name) !== true) return undefined
      const packing = opened.layers.get(name) ?? packLayer(join(folder, `${name}.geojson`))
      opened.layers.set(name, packing)
      packing.catch(() => opened.layers.delete(name))
      return packing
    },
  }
}

/** Packs are replaced whole, so another header means another pack; undefined when there is none. */
const markOf = async (file: string): Promise<string | undefined> => {
  try {
    const { ino, mtimeMs, size } = await stat(file)
    return `${ino} ${mtimeMs} ${size}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw invalid(file, error)
  }
}

const readHeader = async (folder: string): Promise<City> => {
  const file = join(folder, HEADER)
  try {
    const { files, name, attribution, bounds, districts, vehicleTypes } = header.parse(
      JSON.parse(await readFile(file, 'utf8')),
    )
    const layers = Object.keys(files).flatMap((path) => LAYER.exec(path)?.[1] ?? [])
    return { name, attribution, bounds, districts, vehicleTypes, layers }
  } catch (error) {
    throw invalid(file, error)
  }
}

const packLayer = async (file: string): Promise<Packed> => {
  try {
    return await pack(await readFile(file), 'application/geo+json')
  } catch (error) {
    throw invalid(file, error)
  }
}

const invalid = (file: string, cause: unknown): FleetError =>
  new FleetError(
    'city.invalid',
    `${file} can't be read: build the city pack again (${reasonOf(cause).replaceAll(/\s+/g, ' ')})`,
    {
      cause,
    },
  )
