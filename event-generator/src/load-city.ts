import { FleetError, reasonOf } from '@fleetlake/core'
import { loadCityPack } from './city/city-pack.ts'
import type { City } from './core/city.ts'

/**
 * Loads the city of a pack when it is first asked for, and keeps it; what failed is tried again.
 * @returns a function that throws FleetError `city.invalid` with the command that builds a pack
 */
export const createCityLoader = (cityDir: string): (() => Promise<City>) => {
  let loading: Promise<City> | undefined
  const load = async (): Promise<City> => {
    try {
      return await loadCityPack(cityDir)
    } catch (cause) {
      loading = undefined
      throw new FleetError(
        'city.invalid',
        `${reasonOf(cause)}. Montevideo: node event-generator/src/city/build-pack.ts ${cityDir}`,
        { cause },
      )
    }
  }
  return () => (loading ??= load())
}
