import { askServer } from '../login/ask-server.ts'
import type { FeatureCollection } from 'geojson'
import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'

export interface CityLayer {
  /** Undefined until it is here. */
  readonly layer: ShallowRef<FeatureCollection | undefined>
  /** Why it is not, for a person. */
  readonly problem: ShallowRef<string | undefined>
}

const layers = new Map<string, Promise<FeatureCollection>>()

/**
 * A layer of the city pack, fetched once while the page is open; one that failed is fetched again at the next call.
 * @throws Error that says what could not be fetched and why
 */
export const loadCityLayer = (name: string): Promise<FeatureCollection> => {
  const known = layers.get(name)
  if (known !== undefined) return known
  const fresh = fetchLayer(name)
  layers.set(name, fresh)
  fresh.catch(() => layers.delete(name))
  return fresh
}

/** A layer of the city pack (`streets`, `districts`, …), as it arrives. */
export const useCityLayer = (name: string): CityLayer => {
  const layer = shallowRef<FeatureCollection>()
  const problem = shallowRef<string>()
  loadCityLayer(name).then(
    (loaded) => (layer.value = loaded),
    (error: unknown) => (problem.value = error instanceof Error ? error.message : String(error)),
  )
  return { layer, problem }
}

const fetchLayer = async (name: string): Promise<FeatureCollection> => {
  const response = await askServer(`/api/city/${encodeURIComponent(name)}.geojson`)
  if (!response.ok) throw new Error(`The city's ${name} can't be loaded: the viewer answered ${response.status}.`)
  return await response.json()
}
