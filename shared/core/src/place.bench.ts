/**
 * What telling points inside from points outside costs: `node place.bench.ts [points]`. The bands against a plain loop over all edges, in the
 * same run, for districts of more and more vertices; what an area costs to check; and what placing cells costs.
 */
import { type Area, areaOf } from './area.ts'
import { LIMIT_Y, RISE, RUN, SOUTH_X, SOUTH_Y, STRIDE } from './area-edges.ts'
import { cellOf } from './cell.ts'
import { contains, placeOfCell } from './place.ts'
import { createRandomStreams } from './random.ts'

const [points = 2_000_000] = process.argv.slice(2).map(Number)
const ROUNDS = 5
const HALF_MICRO = 50_000
const [CENTRE_X, CENTRE_Y] = [-56_150_000, -34_880_000]

const random = createRandomStreams(Uint32Array.of(7))
const between = (low: number, high: number): number => low + random.next(0) * (high - low)

type Point = readonly [x: number, y: number]

/** A circle of a few corners whose edges are bent again and again, like a coast; `vertices` is reached by halving. */
const coast = (vertices: number): Point[] => {
  const corner = (i: number): Point => [Math.cos((i * Math.PI) / 2), Math.sin((i * Math.PI) / 2)]
  let ring = [0, 1, 2, 3].map(corner)
  while (ring.length < vertices) {
    ring = ring.flatMap(([ax, ay], i) => {
      const [bx, by] = ring[(i + 1) % ring.length]
      const bend = between(-0.12, 0.12)
      return [
        [ax, ay],
        [(ax + bx) / 2 + bend * (by - ay), (ay + by) / 2 - bend * (bx - ax)],
      ] as const
    })
  }
  return ring
}

/** Every edge goes from near the middle to the rim or back: the worst that a district could be. */
const hedgehog = (vertices: number): Point[] =>
  Array.from({ length: vertices }, (_, i) => {
    const [angle, radius] = [(i / vertices) * 2 * Math.PI, i % 2 === 0 ? 1 : between(0.3, 0.7)]
    return [radius * Math.cos(angle), radius * Math.sin(angle)]
  })

/** 0.1° wide, around the middle of the city. */
const district = (ring: readonly Point[]): unknown => ({
  type: 'Polygon',
  coordinates: [
    [...ring, ring[0]].map(([x, y]) => [(CENTRE_X + x * HALF_MICRO) / 1e6, (CENTRE_Y + y * HALF_MICRO) / 1e6]),
  ],
})

/** The least processor time of a few rounds, ms. */
const measure = (run: () => void): number => {
  let least = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

const xs = Int32Array.from({ length: points }, () => Math.round(between(CENTRE_X - HALF_MICRO, CENTRE_X + HALF_MICRO)))
const ys = Int32Array.from({ length: points }, () => Math.round(between(CENTRE_Y - HALF_MICRO, CENTRE_Y + HALF_MICRO)))

const count = (from: number, to: number, isIn: (x: number, y: number) => boolean): number => {
  let found = 0
  for (let i = from; i < to; i++) if (isIn(xs[i], ys[i])) found++
  return found
}

/** Crossing parity over every edge; near enough for a comparison of speed. */
const containsPlainly = ({ edges }: Area, x: number, y: number): boolean => {
  let isIn = false
  for (let at = 0; at < edges.length; at += STRIDE) {
    if (y < edges[at + SOUTH_Y] || y >= edges[at + LIMIT_Y]) continue
    if (edges[at + RUN] * (y - edges[at + SOUTH_Y]) - edges[at + RISE] * (x - edges[at + SOUTH_X]) > 0) isIn = !isIn
  }
  return isIn
}

for (const [name, ring] of [
  ...[4, 16, 128, 1_024, 8_192].map((vertices) => ['coast', coast(vertices)] as const),
  ...[128, 10_000].map((vertices) => ['hedgehog', hedgehog(vertices)] as const),
] as const) {
  const vertices = ring.length
  const geojson = district(ring)
  const areaMs = measure(() => void areaOf(geojson))
  const area = areaOf(geojson)
  const few = Math.max(1_000, Math.floor(Math.min(points, (100 * points) / vertices)))
  const [inBands, plainly] = [
    count(0, few, (x, y) => contains(area, x, y)),
    count(0, few, (x, y) => containsPlainly(area, x, y)),
  ]
  if (inBands !== plainly) throw new Error(`${inBands} points by bands, ${plainly} plainly`)
  const bandsNs = (measure(() => void count(0, points, (x, y) => contains(area, x, y))) * 1e6) / points
  const plainNs = (measure(() => void count(0, few, (x, y) => containsPlainly(area, x, y))) * 1e6) / few
  const cells = 10_000
  const cellsMs = measure(() => {
    for (let i = 0; i < cells; i++) placeOfCell(area, cellOf(xs[i], ys[i], 6), 6)
  })
  console.log(
    `${name.padEnd(8)} ${String(vertices).padStart(6)} vertices: ${(1000 / bandsNs).toFixed(1).padStart(6)} M points/s, plainly ${(1000 / plainNs).toFixed(2).padStart(7)}` +
      ` (${(plainNs / bandsNs).toFixed(1)} times as fast); checked in ${areaMs.toFixed(1)} ms; a cell in ${((cellsMs * 1000) / cells).toFixed(1)} µs`,
  )
}
