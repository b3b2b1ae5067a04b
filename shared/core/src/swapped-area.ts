import { type Area, areaOf } from './area.ts'
import { FleetError } from './errors.ts'

/** What GeoJSON would mean with latitude before longitude; undefined when that is not an area on the globe. */
export const areaOfSwapped = (geojson: unknown): Area | undefined => {
  try {
    return areaOf(swapped(geojson))
  } catch (error) {
    if (error instanceof FleetError && error.code === 'area.invalid') return undefined
    throw error
  }
}

const swapped = (value: unknown): unknown => {
  if (Array.isArray(value)) return typeof value[0] === 'number' ? [value[1], value[0]] : value.map(swapped)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, key === 'properties' ? part : swapped(part)]),
  )
}
