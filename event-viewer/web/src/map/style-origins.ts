import { readFile } from 'node:fs/promises'
import { FleetError, reasonOf } from '@fleetlake/core'
import { z } from 'zod'

const FETCH_MS = 5_000

const sprites = z.union([z.string(), z.array(z.object({ url: z.string() }))])
const source = z.looseObject({
  url: z.string().optional(),
  tiles: z.array(z.string()).optional(),
  data: z.unknown().optional(),
})
const style = z.looseObject({
  sprite: sprites.optional(),
  glyphs: z.string().optional(),
  sources: z.record(z.string(), source).default({}),
})
const tileJson = z.looseObject({ tiles: z.array(z.string()).default([]) })

/**
 * The hosts that a MapLibre style loads from: its own, those of its tiles, glyphs and sprites, and those that its TileJSON files name.
 * @param place an address or a file
 * @throws FleetError `config.invalid` when the style, or a TileJSON file, can't be read or is not valid
 */
export const readStyleOrigins = async (place: string): Promise<string[]> => {
  const { sprite = [], glyphs, sources } = await read(place, style)
  const given = Object.values(sources)
  const tileSets = await Promise.all(
    given.flatMap(({ url }) => (url !== undefined && isAddress(url) ? [read(url, tileJson)] : [])),
  )
  return originsOf([
    place,
    ...(typeof sprite === 'string' ? [sprite] : sprite.map(({ url }) => url)),
    ...(glyphs === undefined ? [] : [glyphs]),
    ...given.flatMap(({ url, tiles = [], data }) => [url, data, ...tiles]).filter((one) => typeof one === 'string'),
    ...tileSets.flatMap(({ tiles }) => tiles),
  ])
}

/** The hosts of addresses; texts that are not addresses are skipped. */
export const originsOf = (texts: readonly string[]): string[] => {
  const addresses = texts.map((text) => text.replace(/^pmtiles:\/\//, '')).filter(isAddress)
  return [...new Set(addresses.map((text) => new URL(text).origin))]
}

/** Else it is a file of this machine. */
export const isAddress = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text)

const read = async <Schema extends z.ZodType>(place: string, schema: Schema): Promise<z.output<Schema>> => {
  try {
    return schema.parse(JSON.parse(isAddress(place) ? await load(place) : await readFile(place, 'utf8')))
  } catch (cause) {
    throw new FleetError(
      'config.invalid',
      `the map's ${place} can't be read (${reasonOf(cause).replaceAll(/\s+/g, ' ')})`,
      { cause },
    )
  }
}

const load = async (url: string): Promise<string> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) })
  if (!response.ok) throw new Error(`the server says ${response.status}`)
  return response.text()
}
