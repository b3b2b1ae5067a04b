import { expect, test } from 'vitest'
import { contains } from './place.ts'
import { areaOfSwapped } from './swapped-area.ts'
import { box, multi, polygon } from './testing/geo-json.ts'

test('an area with latitude first is where it was meant to be, wherever it is nested', () => {
  const isMeant = (geojson: unknown): boolean => contains(areaOfSwapped(geojson)!, -56_150_000, -34_850_000)
  const geometry = polygon(box(-34.9, -56.2, -34.8, -56.1))
  const feature = { type: 'Feature', properties: { range: [1, 2] }, geometry }
  const all = [
    geometry,
    multi([box(1, 1, 2, 2)], geometry.coordinates),
    feature,
    { type: 'FeatureCollection', features: [feature] },
  ]
  expect(all.map(isMeant)).toEqual([true, true, true, true])
})

test('what would be off the globe the other way around is not an area', () => {
  expect([polygon(box(100, 10, 110, 20)), { type: 'Point', coordinates: [1, 2] }, null].map(areaOfSwapped)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
