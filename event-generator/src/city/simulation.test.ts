import { createRandomStreams, seedOf } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import { beforeAll, expect, test } from 'vitest'
import type { City } from '../core/city.ts'
import { createDriver } from '../core/driver.ts'
import { createFleet } from '../core/fleet.ts'
import type { FleetOptions } from '../core/fleet.ts'
import { createHomes } from '../core/homes.ts'
import { createReportColumns } from '../core/report-columns.ts'
import { shareOf } from '../core/share.ts'
import { VEHICLE_TYPES } from '../core/vehicle-type.ts'
import { createVehicles } from '../core/vehicles.ts'
import { buildCity } from './build-city.ts'
import { metresBetween } from './geometry.ts'
import { MONTEVIDEO, readMontevideo } from './montevideo.ts'

const START = Date.UTC(2026, 0, 5)
const INTERVAL_MS = 5000

interface Row {
  readonly k: number
  readonly id: string
  readonly vehicle: number
  readonly type: string
  readonly time: number
  readonly longitude: number
  readonly latitude: number
  readonly speed: number
  readonly heading: number
}

let city: City

beforeAll(async () => {
  city = buildCity(await readMontevideo(), MONTEVIDEO).city
})

const simulate = (ticks: number, options: Partial<FleetOptions> = {}): Row[] => {
  const vehicles = options.vehicles ?? 100
  const share = options.share ?? shareOf(vehicles, 0, 1)
  const fleet = createFleet({ city, seed: 1, vehicles, share, startTime: START, intervalMs: INTERVAL_MS, ...options })
  const out = createReportColumns(fleet.size)
  const rows: Row[] = []
  for (let k = 0; k < ticks; k++) {
    fleet.tick(k, out)
    for (let row = 0; row < out.length; row++) {
      rows.push({
        k,
        id: `v-${out.vehicle[row]}`,
        vehicle: out.vehicle[row],
        type: fleet.types[out.type[row]],
        time: out.time[row],
        longitude: out.longitude[row],
        latitude: out.latitude[row],
        speed: out.speed[row],
        heading: out.heading[row],
      })
    }
  }
  return rows
}

const sorted = (rows: readonly Row[]): Row[] => rows.toSorted((a, b) => a.k - b.k || a.vehicle - b.vehicle)

const byVehicle = (rows: readonly Row[]): Row[][] => [...Map.groupBy(rows, ({ vehicle }) => vehicle).values()]

test('the rows are the same with 1, 2 or 3 agents, and other with another seed', () => {
  const alone = sorted(simulate(50, { events: 4937 }))
  expect(alone).toHaveLength(4937)
  for (const agents of [2, 3]) {
    const shares = Array.from({ length: agents }, (_, agent) =>
      simulate(50, { events: 4937, share: shareOf(100, agent, agents) }),
    )
    expect(sorted(shares.flat())).toEqual(alone)
  }
  const same = sorted(simulate(50, { seed: 2, events: 4937 })).filter(
    ({ longitude }, n) => longitude === alone[n].longitude,
  )
  expect(same.length).toBeLessThan(5)
})

test('a vehicle drives the same in a larger fleet', () => {
  expect(sorted(simulate(20, { vehicles: 150 })).filter(({ vehicle }) => vehicle < 100)).toEqual(sorted(simulate(20)))
})

test('ticks may be left out and not repeated', () => {
  const rows = simulate(30)
  const fleet = createFleet({
    city,
    seed: 1,
    vehicles: 100,
    share: shareOf(100, 0, 1),
    startTime: START,
    intervalMs: INTERVAL_MS,
  })
  const out = createReportColumns(fleet.size)
  for (const k of [7, 8, 29]) {
    fleet.tick(k, out)
    const expected = rows.filter((row) => row.k === k)
    expect([...out.longitude]).toEqual(expected.map(({ longitude }) => longitude))
    expect([...out.time]).toEqual(expected.map(({ time }) => time))
  }
  expect(() => fleet.tick(29, out)).toThrow(fault('generation.refused', 'tick 29 has already run; the next is 30'))
})

test('reports come in order of time, spread over the interval, exactly one interval apart', () => {
  const rows = simulate(20, { vehicles: 500 })
  expect(rows.every(({ time }, n) => n === 0 || time >= rows[n - 1].time)).toBe(true)
  expect(rows.every(({ k, time }) => time >= START + k * INTERVAL_MS && time < START + (k + 1) * INTERVAL_MS)).toBe(
    true,
  )
  for (const track of byVehicle(rows))
    expect(track.every(({ time }, n) => time === track[0].time + n * INTERVAL_MS)).toBe(true)
  const seconds = new Set(rows.filter(({ k }) => k === 0).map(({ time }) => Math.floor((time - START) / 100)))
  expect(seconds.size).toBe(50)
})

test('every report is on a street, in a direction in which it may be driven, and within its limit', () => {
  const near = indexSegments(city)
  const wrong = simulate(120, { vehicles: 300 }).filter(
    ({ longitude, latitude, heading, speed }) =>
      !near(longitude, latitude).some(
        (segment) => segment.heading === heading && speed <= segment.limit + 0.05 && segment.metres < 1,
      ),
  )
  expect(wrong).toEqual([])
})

test('no vehicle is further from its last report than its speed allows', () => {
  const fastest = city.edges.limit.reduce((most, limit) => Math.max(most, limit), 0)
  let farthest = 0
  for (const track of byVehicle(simulate(360, { vehicles: 300 }))) {
    track.slice(1).forEach((row, n) => {
      const before = track[n]
      farthest = Math.max(farthest, metresBetween(before.longitude, before.latitude, row.longitude, row.latitude))
    })
  }
  expect(farthest).toBeLessThanOrEqual((fastest * INTERVAL_MS) / 1000)
  expect(farthest).toBeGreaterThan(50)
})

test('types drive, stand and move as types do', () => {
  const rows = simulate(360, { vehicles: 600 })
  const speedOf = (type: string): number => {
    const moving = rows.filter((row) => row.type === type && row.speed > 0).map(({ speed }) => speed)
    return moving.reduce((sum, speed) => sum + speed, 0) / moving.length
  }
  expect(speedOf('car')).toBeGreaterThan(speedOf('truck'))
  expect(speedOf('car')).toBeGreaterThan(speedOf('bus'))
  for (const { name } of VEHICLE_TYPES) expect([name, speedOf(name) > 4 && speedOf(name) < 14]).toEqual([name, true])
  const standing = rows.filter(({ speed }) => speed === 0).length / rows.length
  expect(standing).toBeGreaterThan(0.05)
  expect(standing).toBeLessThan(0.6)
})

test('vehicles stay near their district for a day, see much of it and turn round at dead ends only', () => {
  const { edges, homeMetres } = city
  const size = 200
  const random = createRandomStreams(Uint32Array.from({ length: size }, (_, n) => seedOf(5, n)))
  const vehicles = createVehicles(
    Int32Array.from({ length: size }, (_, n) => n),
    VEHICLE_TYPES,
    createHomes(city),
    random,
  )
  const driver = createDriver(city, VEHICLE_TYPES, vehicles, random)
  const exits = new Uint32Array(edges.count)
  for (const node of edges.startNode) exits[node]++
  const metres: number[] = []
  let turnedRound = 0
  for (let slot = 0; slot < size; slot++) {
    driver.start(slot)
    const seen = new Set<number>()
    for (let step = 0; step < (4 * 86_400) / 5; step++) {
      const before = vehicles.edge[slot]
      const planned = vehicles.next[slot]
      driver.drive(slot, 1.25)
      const now = vehicles.edge[slot]
      if (now === before) continue
      seen.add(now)
      metres.push(homeMetres[vehicles.home[slot] * edges.count + now])
      if (now === planned && now === edges.reverse[before]) {
        turnedRound++
        expect(exits[edges.startNode[now]]).toBe(1)
      }
    }
    expect(seen.size).toBeGreaterThan(60)
  }
  expect(turnedRound).toBeGreaterThan(0)
  metres.sort((a, b) => a - b)
  expect(metres[Math.floor(metres.length / 2)]).toBeLessThan(1000)
  expect(metres[metres.length - 1]).toBeLessThan(8000)
})

test('vehicles of chosen types live in chosen districts; unknown ones are refused', () => {
  const rows = simulate(1, { vehicleTypes: ['bus'], districts: ['Pocitos'] })
  expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(['bus']))
  const pocitos = city.districts.indexOf('Pocitos')
  const near = indexSegments(city)
  expect(
    rows.every(({ longitude, latitude }) => near(longitude, latitude).some(({ district }) => district === pocitos)),
  ).toBe(true)
  expect(() => simulate(1, { vehicleTypes: ['tank'] })).toThrow(
    fault('generation.refused', "no vehicle type 'tank': choose among car, taxi, van, truck, bus"),
  )
  expect(() => simulate(1, { districts: ['Nowhere'] })).toThrow(
    fault('generation.refused', "Montevideo has no district 'Nowhere': choose among Aguada,"),
  )
})

interface Segment {
  readonly metres: number
  readonly heading: number
  readonly limit: number
  readonly district: number
}

/** The directed segments near a point with their distances, found through a grid of 0.001 degrees. */
const indexSegments = ({ edges, vertices }: City): ((longitude: number, latitude: number) => Segment[]) => {
  const cells = new Map<string, number[][]>()
  const cellOf = (degrees: number): number => Math.floor(degrees * 1000)
  const { longitude: lons, latitude: lats } = vertices
  for (let edge = 0; edge < edges.count; edge++) {
    for (let at = edges.firstVertex[edge]; at < edges.firstVertex[edge + 1] - 1; at++) {
      for (
        let x = cellOf(Math.min(lons[at], lons[at + 1]) - 2e-5);
        x <= cellOf(Math.max(lons[at], lons[at + 1]) + 2e-5);
        x++
      ) {
        for (
          let y = cellOf(Math.min(lats[at], lats[at + 1]) - 2e-5);
          y <= cellOf(Math.max(lats[at], lats[at + 1]) + 2e-5);
          y++
        ) {
          const cell = `${x},${y}`
          cells.set(cell, [...(cells.get(cell) ?? []), [edge, at]])
        }
      }
    }
  }
  return (longitude, latitude) =>
    (cells.get(`${cellOf(longitude)},${cellOf(latitude)}`) ?? []).map(([edge, at]) => {
      const [dx, dy] = [lons[at + 1] - lons[at], lats[at + 1] - lats[at]]
      const along = ((longitude - lons[at]) * dx + (latitude - lats[at]) * dy) / (dx * dx + dy * dy)
      const part = Math.min(1, Math.max(0, along))
      return {
        metres: metresBetween(longitude, latitude, lons[at] + part * dx, lats[at] + part * dy),
        heading: vertices.heading[at],
        limit: edges.limit[edge],
        district: edges.district[edge],
      }
    })
}
