import { FleetError, reasonOf } from '@fleetlake/core'
import { AreasRefused, type GivenArea } from '@fleetlake/registry'
import { tidyAreaName } from '@fleetlake/contracts'

/** How areas of a file are called. */
export type Naming =
  /** The whole file is one area. */
  | { readonly name: string }
  /** Each Feature is an area, named by one of its properties. */
  | { readonly property: string; readonly prefix: string }

type Json = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of what a Feature says beside its name. */
const MOST_PROPERTIES = 64
const MOST_PROPERTIES_BYTES = 4_096

/** Its plain values, as many as an area keeps. */
const keptProperties = (properties: Json, without: string): GivenArea['properties'] => {
  const kept: Record<string, string | number | boolean> = {}
  for (const [key, value] of Object.entries(properties)) {
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    if (key === without || !isPlain || key.length > 255) continue
    if (Object.keys(kept).length === MOST_PROPERTIES) break
    if (Buffer.byteLength(JSON.stringify({ ...kept, [key]: value })) > MOST_PROPERTIES_BYTES) continue
    kept[key] = value
  }
  return Object.keys(kept).length === 0 ? undefined : kept
}

const parse = (text: string, name: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new FleetError('usage.invalid', `${name} is not JSON (${reasonOf(cause)}); GeoJSON is needed`, { cause })
  }
}

const namedFeature = (
  feature: unknown,
  where: string,
  { property, prefix }: { readonly property: string; readonly prefix: string },
): GivenArea | string => {
  if (!isRecord(feature) || feature['type'] !== 'Feature') return `${where} is not a Feature`
  const properties = isRecord(feature['properties']) ? feature['properties'] : {}
  const said = properties[property]
  if (typeof said !== 'string' && typeof said !== 'number') {
    const others = Object.keys(properties).slice(0, 8)
    const has = others.length === 0 ? 'it has none' : `it has ${others.join(', ')}`
    return `${where} has no property ${JSON.stringify(property)} with a text or a number: ${has}`
  }
  const kept = keptProperties(properties, property)
  return {
    where,
    name: tidyAreaName(`${prefix}${said}`),
    geometry: feature['geometry'],
    ...(kept === undefined ? {} : { properties: kept }),
  }
}

/**
 * The areas of a GeoJSON text.
 * @param source of it, for people
 * @throws FleetError `usage.invalid` for what is no GeoJSON, AreasRefused with each Feature that has no name
 */
export const readAreas = (text: string, source: string, naming: Naming): GivenArea[] => {
  const value = parse(text, source)
  if ('name' in naming) return [{ name: tidyAreaName(naming.name), geometry: value, where: source }]
  const features = isRecord(value) && value['type'] === 'FeatureCollection' ? value['features'] : [value]
  if (!Array.isArray(features))
    throw new FleetError('usage.invalid', `${source} is a FeatureCollection without features`)
  if (features.length === 0) throw new FleetError('usage.invalid', `${source} has no features`)
  const read = features.map((feature: unknown, i) => namedFeature(feature, `feature ${i + 1}`, naming))
  const faults = read.filter((each) => typeof each === 'string')
  if (faults.length > 0) throw new AreasRefused(faults)
  return read as GivenArea[]
}
