import type { VehicleQueryInput } from '@fleetlake/hub'

const FROM = Date.parse('2026-01-05T23:00:00Z')
const iso = (ms: number): string => new Date(ms).toISOString()
const [CENTRE_X, CENTRE_Y] = [-56.175, -34.875]

type Point = [longitude: number, latitude: number]

const polygon = (points: readonly Point[]): unknown => ({ type: 'Polygon', coordinates: [[...points, points[0]]] })
const box = (half: number): unknown =>
  polygon([
    [CENTRE_X - half, CENTRE_Y - half],
    [CENTRE_X + half, CENTRE_Y - half],
    [CENTRE_X + half, CENTRE_Y + half],
    [CENTRE_X - half, CENTRE_Y + half],
  ])

/** A star of `positions` positions: every edge is abreast of half of the others. */
const star = (positions: number): unknown =>
  polygon(
    Array.from({ length: positions - 1 }, (_, i): Point => {
      const [angle, radius] = [(i / (positions - 1)) * 2 * Math.PI, i % 2 === 0 ? 0.2 : 0.02]
      const round = (value: number): number => Math.round(value * 1e6) / 1e6
      return [round(CENTRE_X + radius * Math.cos(angle)), round(CENTRE_Y + radius * Math.sin(angle))]
    }),
  )

/** What one who works with the map asks all the time: some streets, ten minutes. */
export const SMALL: VehicleQueryInput = { area: box(0.01), from: iso(FROM), to: iso(FROM + 600_000) }

export type FloodKind = 'everything' | 'too large' | 'largest'

const AREAS: Record<FloodKind, () => unknown> = {
  everything: () => box(1),
  'too large': () => star(40_000),
  largest: () => star(10_000),
}

export const floodOf = (kind: FloodKind): VehicleQueryInput => ({
  area: AREAS[kind](),
  from: iso(FROM),
  to: iso(FROM + 86_400_000),
})
