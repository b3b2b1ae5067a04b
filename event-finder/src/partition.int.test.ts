import { configSchema } from '@fleetlake/contracts'
import { rowsOfPositions } from '@fleetlake/columnar'
import { toDegrees, toMicroDegrees } from '@fleetlake/core'
import { askVehicles, connectHub, type Hub } from '@fleetlake/hub'
import { startTestHub, type TableRows } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { startFinder } from './start-finder.ts'
import { START_MS, writeTestArchive } from './testing/archive.ts'
import { makeSearchStream } from './testing/finder.ts'

type Point = readonly [x: number, y: number]
type Triangle = readonly [Point, Point, Point]

/** Millionths of a degree, around all rows of the test archive. */
const [WEST, SOUTH, EAST, NORTH] = [-58_000_000, -36_000_000, -54_000_000, -33_000_000]

const turn = ([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number =>
  (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)

/** The box around the archive in triangles whose corners are positions of rows: rows lie on borders and corners. */
const trianglesOf = (rows: TableRows, corners: number): Triangle[] => {
  const box: Point[] = [
    [WEST, SOUTH],
    [EAST, SOUTH],
    [EAST, NORTH],
    [WEST, NORTH],
  ]
  let triangles: Triangle[] = [
    [box[0], box[1], box[2]],
    [box[0], box[2], box[3]],
  ]
  for (let k = 0; k < corners; k++) {
    const row = Math.floor(((k + 0.5) * rows.length) / corners)
    const corner: Point = [rows.x[row], rows.y[row]]
    triangles = triangles.flatMap((triangle): Triangle[] => {
      const parts = triangle.map((from, i): Triangle => [from, triangle[(i + 1) % 3], corner])
      return parts.every((part) => turn(...part) > 0) ? parts : [triangle]
    })
  }
  return triangles
}

const keysOf = async (client: Hub, triangle: Triangle, [from, to]: readonly [number, number]): Promise<string[]> => {
  const ring = [...triangle, triangle[0]].map(([x, y]) => [toDegrees(x), toDegrees(y)])
  const period = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  const answer = askVehicles(client, { area: { type: 'Polygon', coordinates: [ring] }, ...period })
  const keys: string[] = []
  for await (const { rows } of answer) {
    for (const { vehicleId, eventTime, longitude, latitude } of rowsOfPositions(rows)) {
      keys.push([vehicleId, eventTime, toMicroDegrees(longitude), toMicroDegrees(latitude)].join(' '))
    }
  }
  expect(await answer.outcome).toMatchObject({ status: 'complete', rows: keys.length })
  return keys
}

test('searches of adjacent areas and periods find every row of the table once', async () => {
  const { path, rows } = await writeTestArchive({ vehicles: 40, steps: 240 })
  const server = await startTestHub()
  const [hub, client] = await Promise.all(
    ['event-finder', 'terminal'].map((service) => connectHub({ url: server.url, service })),
  )
  await makeSearchStream(client)
  const config = configSchema.parse({})
  const finder = await startFinder(hub, { config: { ...config, archive: { ...config.archive, path } }, version: '0' })
  try {
    const triangles = trianglesOf(rows, 9)
    expect(triangles.length).toBeGreaterThan(15)
    // Instants at which vehicles reported.
    const ends = [START_MS, START_MS + 45 * 15_000, START_MS + 120 * 15_000, START_MS + 240 * 15_000]
    const found: string[] = []
    for (const [i, to] of ends.slice(1).entries()) {
      const parts = await Promise.all(triangles.map((triangle) => keysOf(client, triangle, [ends[i], to])))
      expect(parts.filter((part) => part.length > 0).length).toBeGreaterThan(5)
      found.push(...parts.flat())
    }
    const all = Array.from({ length: rows.length }, (_, i) =>
      [rows.vehicleIds[i], rows.time[i], rows.x[i], rows.y[i]].join(' '),
    )
    expect(found.toSorted()).toEqual(all.toSorted())
  } finally {
    await finder.stop()
    await Promise.all([hub.close(), client.close()])
    await server.stop()
  }
})
