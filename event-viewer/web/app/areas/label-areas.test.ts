import { featureFilter } from '@maplibre/maplibre-gl-style-spec'
import { expect, test } from 'vitest'
import type { KnownArea } from '../../api/areas.ts'
import { labelsOf, namesThatFit, zoomStep } from './label-areas.ts'
import { placeLabel } from './place-label.ts'

const square = (id: string, name: string, size: number): KnownArea => ({
  id,
  name,
  version: 1,
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [size, 0],
        [size, size],
        [0, size],
        [0, 0],
      ],
    ],
  },
})
const sizeOf = (name: string) => ({ width: name.length * 7, height: 14 })

test('each area has its name in it, shown where it is no larger than the area', () => {
  const areas = [
    square('a', 'Harbour', 0.01),
    square('b', 'Harbour, the eastern part', 0.01),
    square('c', 'Harbour', 0.1),
  ]
  const steps = labelsOf([...areas, square('d', 'nothing', 0)], sizeOf)
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  const { features } = step.value
  expect(features).toEqual(
    areas.map(({ name, geometry }) => {
      const { longitude, latitude, minZoom } = placeLabel([geometry.coordinates as never], sizeOf(name))!
      return {
        type: 'Feature',
        properties: { name, minZoom },
        geometry: { type: 'Point', coordinates: [longitude, latitude] },
      }
    }),
  )
  const shownAt = (zoom: number): string[] => {
    const { filter } = featureFilter(namesThatFit(zoomStep(zoom)), 'layers[0].filter')
    return features.flatMap(({ properties }, i) => (filter({ zoom }, { type: 1, properties }) ? [areas[i].id] : []))
  }
  const fitAt = features.map(({ properties: { minZoom } }) => minZoom)
  expect(fitAt.map((zoom) => shownAt(zoom - 0.01))).toEqual([['c'], ['a', 'c'], []])
  expect(fitAt.map((zoom) => shownAt(zoom + 0.25))).toEqual([['a', 'c'], ['a', 'b', 'c'], ['c']])
})
