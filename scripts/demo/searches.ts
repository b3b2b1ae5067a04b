import type { Period } from '@fleetlake/core'

/** A search of the demo: a rectangle around the city's centre and a part of the run's time. */
export interface DemoSearch {
  readonly name: string
  readonly area: { readonly type: 'Polygon'; readonly coordinates: number[][][] }
  readonly period: Period
}

const CENTRE = { longitude: -56.17, latitude: -34.9 }
const METRES_PER_DEGREE = 111_195
const MINUTE_MS = 60_000

/** A square of a given area around the centre, tilted so that its edges cross cells askew. */
const squareOf = (squareKilometres: number): DemoSearch['area'] => {
  const halfDiagonal = Math.sqrt(squareKilometres / 2) * 1_000
  const north = halfDiagonal / METRES_PER_DEGREE
  const east = north / Math.cos((CENTRE.latitude * Math.PI) / 180)
  const at = (angle: number): number[] => [
    CENTRE.longitude + east * Math.cos(angle),
    CENTRE.latitude + north * Math.sin(angle),
  ]
  const ring = [0.2, 0.2 + Math.PI / 2, 0.2 + Math.PI, 0.2 + 1.5 * Math.PI].map(at)
  return { type: 'Polygon', coordinates: [[...ring, ring[0]]] }
}

const EVERYWHERE: DemoSearch['area'] = {
  type: 'Polygon',
  coordinates: [
    [
      [-57, -35.5],
      [-55, -35.5],
      [-55, -34],
      [-57, -34],
      [-57, -35.5],
    ],
  ],
}

/** About 1 km² for half an hour, 25 km² for two hours, and everything. */
export const demoSearches = (run: Period): DemoSearch[] => {
  const middle = (run.from + run.to) / 2
  const around = (minutes: number): Period => ({
    from: Math.floor(middle - (minutes / 2) * MINUTE_MS),
    to: Math.floor(middle + (minutes / 2) * MINUTE_MS),
  })
  return [
    { name: 'small', area: squareOf(1), period: around(30) },
    { name: 'medium', area: squareOf(25), period: around(120) },
    { name: 'city', area: EVERYWHERE, period: { from: run.from - MINUTE_MS, to: run.to + MINUTE_MS } },
  ]
}
