import { distanceM } from '@fleetlake/core'
import { positionsOfRows } from '@fleetlake/columnar'
import { positions } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRowCollector, joinRows } from '@fleetlake/viewer-core'
import { summariseVehicles } from './summarise.ts'

/** The angle between two directions from the earth's middle: another formula than that of the code. */
const angleMeters = (
  a: { longitude: number; latitude: number },
  b: { longitude: number; latitude: number },
): number => {
  const unit = ({ longitude, latitude }: { longitude: number; latitude: number }): [number, number, number] => {
    const [x, y] = [(longitude * Math.PI) / 180, (latitude * Math.PI) / 180]
    return [Math.cos(y) * Math.cos(x), Math.cos(y) * Math.sin(x), Math.sin(y)]
  }
  const [[ax, ay, az], [bx, by, bz]] = [unit(a), unit(b)]
  const cross = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
  return 6_371_008.8 * Math.atan2(cross, ax * bx + ay * by + az * bz)
}

/** Reports some seconds apart, and gaps between them. */
const someRows = positions({ vehicles: 3, from: 0, to: 600_000, maxLength: 60 })

test('each vehicle is summed up as brute force does it', () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      const collector = createRowCollector({ maxRows: 100 })
      collector.add(positionsOfRows(rows))
      const found = collector.finish()
      const { firstSeen, lastSeen, points, distance, timeInside } = summariseVehicles(
        found,
        joinRows(found, 60_000).isJoined,
      )
      found.ids.forEach((id, vehicle) => {
        const own = Array.from({ length: rows.length }, (_, i) => i)
          .slice(found.start[vehicle], found.start[vehicle + 1])
          .map((i) => ({ time: found.eventTime[i], longitude: found.longitude[i], latitude: found.latitude[i] }))
        const steps = own.slice(1).map((to, i) => ({ from: own[i], to, ms: to.time - own[i].time }))
        const near = steps.filter(({ ms }) => ms <= 60_000)
        const times = rows.flatMap(({ vehicleId, eventTime }) => (vehicleId === id ? [eventTime] : []))
        expect([firstSeen[vehicle], lastSeen[vehicle], points[vehicle], timeInside[vehicle]]).toEqual([
          Math.min(...times),
          Math.max(...times),
          times.length,
          near.length === 0 ? NaN : near.reduce((sum, { ms }) => sum + ms, 0),
        ])
        const meters = near.reduce((sum, { from, to }) => sum + angleMeters(from, to), 0)
        if (near.length === 0) return expect(distance[vehicle]).toBeNaN()
        expect(Math.abs(distance[vehicle] - meters)).toBeLessThan(1e-3 + meters * 1e-6)
      })
    }),
  )
})

test('a gap counts for nothing, a minute is not a gap, and of one report nothing is known', () => {
  const found = {
    ids: ['a', 'b'],
    start: Uint32Array.of(0, 4, 5),
    eventTime: Float64Array.of(0, 60_000, 120_001, 120_001, 0),
    longitude: Float64Array.of(0, 0.001, 0.5, 0.5, 7),
    latitude: Float64Array.of(0, 0, 0, 0, 7),
  }
  expect(summariseVehicles(found, joinRows(found, 60_000).isJoined)).toEqual({
    firstSeen: Float64Array.of(0, 0),
    lastSeen: Float64Array.of(120_001, 0),
    points: Uint32Array.of(4, 1),
    distance: Float64Array.of(distanceM(0, 0, 0.001, 0), NaN),
    timeInside: Float64Array.of(60_000, NaN),
  })
})
