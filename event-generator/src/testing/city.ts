import { buildPack, writePack } from '../city/city-pack.ts'
import type { CityFeature } from '../city/feature.ts'

const BLOCKS = 8
const BLOCK_DEGREES = 0.01

/** A grid of streets, some 9 km wide and over several cells, of two districts. */
const features = (): CityFeature[] => {
  const at = (column: number, row: number): [number, number] => [
    -56.2 + column * BLOCK_DEGREES,
    -34.9 + row * BLOCK_DEGREES,
  ]
  const line = (coordinates: [number, number][]): CityFeature => ({
    type: 'Feature',
    properties: { highway: 'residential' },
    geometry: { type: 'LineString', coordinates },
  })
  const suburb = (name: string, coordinates: [number, number]): CityFeature => ({
    type: 'Feature',
    properties: { place: 'suburb', name },
    geometry: { type: 'Point', coordinates },
  })
  const steps = Array.from({ length: BLOCKS + 1 }, (_, n) => n)
  return [
    ...steps.map((row) => line(steps.map((column) => at(column, row)))),
    ...steps.map((column) => line(steps.map((row) => at(column, row)))),
    suburb('East', at(6, 4)),
    suburb('West', at(2, 4)),
  ]
}

/** Writes the pack of a small city for tests. */
export const writeTestCity = (folder: string): Promise<void> =>
  writePack(folder, buildPack(features(), { name: 'Gridtown', attribution: 'the test' }))
