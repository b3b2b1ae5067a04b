import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Config } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import type { GivenArea } from '@fleetlake/registry'
import { readText } from '../registry/read-text.ts'
import { readAreas } from './read-areas.ts'

export interface AddFromOptions {
  readonly name?: string
  readonly nameProperty?: string
  readonly prefix?: string
  readonly fromCity?: boolean
}

const wrong = (what: string): FleetError => new FleetError('usage.invalid', what)

/** Districts of the city pack, as the generator has built it. */
const readCity = async ({ generator }: Pick<Config, 'generator'>): Promise<string> => {
  const file = join(generator.cityDir, 'districts.geojson')
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new FleetError('city.invalid', `there is no city pack with districts at ${file}: \`npm start\` builds one`, {
      cause,
    })
  }
}

/**
 * The areas that `fleet areas add` is given.
 * @throws FleetError `usage.invalid`, `city.invalid`, AreasRefused
 */
export const readGiven = async (
  file: string | undefined,
  { name, nameProperty, prefix = '', fromCity = false }: AddFromOptions,
  config: () => Config,
): Promise<GivenArea[]> => {
  if (fromCity) {
    if (file !== undefined || name !== undefined || nameProperty !== undefined)
      throw wrong("--from-city can't be combined with a file, --name or --name-property")
    return readAreas(await readCity(config()), 'the city pack', { property: 'name', prefix })
  }
  if (file === undefined) throw wrong('name a GeoJSON file, - for standard input, or --from-city')
  if ((name === undefined) === (nameProperty === undefined))
    throw wrong(
      'say how the areas are called: --name <name> for one area, --name-property <property> for the features of a collection',
    )
  const source = file === '-' ? 'standard input' : basename(file)
  const text = await readText(file)
  if (name !== undefined) return readAreas(text, source, { name: `${prefix}${name}` })
  return readAreas(text, source, { property: nameProperty!, prefix })
}
