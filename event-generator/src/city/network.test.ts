import fc from 'fast-check'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import type { City } from '../core/city.ts'
import { buildCity } from './build-city.ts'
import type { CityFeature, Coordinate } from './feature.ts'
import { largestComponent } from './strongly-connected.ts'

const street = (coordinates: readonly Coordinate[], properties: Record<string, string> = {}): CityFeature => ({
  type: 'Feature',
  properties: { highway: 'residential', ...properties },
  geometry: { type: 'LineString', coordinates },
})

const build = (...features: CityFeature[]): City => buildCity(features, { name: 'Test', attribution: 'the test' }).city

/** The edges as paths in thousandths of a degree, sorted. */
const paths = ({ edges, vertices }: City): string[] =>
  Array.from({ length: edges.count }, (_, edge) => {
    const [from, to] = [edges.firstVertex[edge], edges.firstVertex[edge + 1]]
    const latitudes = vertices.latitude.subarray(from, to)
    const points = Array.from(vertices.longitude.subarray(from, to), (longitude, n) => [longitude, latitudes[n]])
    return points.map((point) => point.map((degrees) => Math.round(degrees * 1000)).join()).join(' ')
  }).toSorted()

/*   c ── d    f
 *   │    │
 *   a ── b ── e   */
const [a, b, c, d, e, f] = [
  [0, 0],
  [0.001, 0],
  [0, 0.001],
  [0.001, 0.001],
  [0.002, 0],
  [0.002, 0.001],
]

const block = [street([a, b, e]), street([a, c]), street([c, d, b])]

test('streets are cut where they meet and joined where they only go on', () => {
  expect(paths(build(...block))).toEqual(['1,0 0,0 0,1 1,1 1,0', '1,0 1,1 0,1 0,0 1,0', '1,0 2,0', '2,0 1,0'])
})

test('a oneway street is driven one way, `-1` against its points, a roundabout along them', () => {
  const square = ['0,0 0,1 1,1 1,0 0,0']
  expect(paths(build(street([a, c, d, b, a], { oneway: 'yes' })))).toEqual(square)
  expect(paths(build(street([a, b, d, c, a], { oneway: '-1' })))).toEqual(square)
  expect(paths(build(street([a, c, d, b, a], { junction: 'roundabout' })))).toEqual(square)
})

test('what can be entered and not left, or left and not entered, is left out', () => {
  for (const oneway of ['yes', '-1'])
    expect(paths(build(...block, street([d, f], { oneway })))).toEqual(paths(build(...block)))
})

test('two oneway streets that meet head on are no way through', () => {
  const headOn = [street([d, f], { oneway: 'yes' }), street([e, f], { oneway: 'yes' })]
  expect(paths(build(...block, ...headOn))).toEqual(paths(build(...block)))
})

test('what is not for driving is left out', () => {
  const closed = [
    { highway: 'footway' },
    { highway: 'service', access: 'private' },
    { highway: 'track' },
    { motor_vehicle: 'no' },
  ]
  for (const properties of closed) {
    expect(paths(build(...block, street([d, f], properties)))).toEqual(paths(build(...block)))
  }
})

test('the limit is the sign, in km/h or mph, else that of the class', () => {
  const limitOf = (properties: Record<string, string>): number =>
    Number((build(street([a, b], properties)).edges.limit[0] * 3.6).toFixed(3))
  expect(limitOf({ maxspeed: '30' })).toBe(30)
  expect(limitOf({ maxspeed: '30 km/h' })).toBe(30)
  expect(limitOf({ maxspeed: '30 mph' })).toBe(48.28)
  expect(limitOf({ maxspeed: 'none' })).toBe(45)
  expect(limitOf({ maxspeed: '0' })).toBe(45)
  expect(limitOf({ highway: 'primary' })).toBe(60)
})

test('a vehicle turns round only at the end of a cul-de-sac', () => {
  const { edges, turns } = build(...block)
  const round: string[] = []
  for (let edge = 0; edge < edges.count; edge++) {
    for (let turn = turns.firstTurn[edge]; turn < turns.firstTurn[edge + 1]; turn++) {
      if (turns.edge[turn] === edges.reverse[edge]) round.push(`${edges.startNode[edge]} to ${edges.endNode[edge]}`)
    }
  }
  expect(round).toHaveLength(1)
})

test('streets that do not make a network, and points off the globe, are refused', () => {
  expect(() => build()).toThrow(fault('city.invalid', 'Test has no connected streets'))
  expect(() => build(street([a, b], { oneway: 'yes' }))).toThrow(fault('city.invalid'))
  expect(() =>
    build(
      street([
        [0, 0],
        [200, 0],
      ]),
    ),
  ).toThrow(fault('city.invalid', 'a street has a point at 200, 0'))
})

test('suburbs divide the city by nearness; one without streets gets no district', () => {
  const place = (name: string, coordinates: Coordinate): CityFeature => ({
    type: 'Feature',
    properties: { place: 'suburb', name },
    geometry: { type: 'Point', coordinates },
  })
  const features = [...block, place('West', [0, 0]), place('East', [0.002, 0]), place('Off', [0.003, 0.001])]
  const { city, districts } = buildCity(features, { name: 'Test', attribution: '' })
  expect(city.districts).toEqual(['East', 'West'])
  expect(districts.map(({ name }) => name)).toEqual(['East', 'West'])
  expect(buildCity(block, { name: 'Test', attribution: '' }).city.districts).toEqual(['Test'])
})

test('the largest component is the one that mutual reachability gives', () => {
  const arrows = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 30 })
  fc.assert(
    fc.property(arrows, (pairs) => {
      const out = Array.from({ length: 10 }, (_, v) => pairs.filter(([from]) => from === v).map(([, to]) => to))
      const reach = out.map((_, v) => {
        const seen = new Set([v])
        for (const at of seen) for (const to of out[at]) seen.add(to)
        return seen
      })
      const components = out.map((_, v) => [...out.keys()].filter((w) => reach[v].has(w) && reach[w].has(v)))
      const most = Math.max(...components.map((each) => each.length))
      const first = [0]
      for (const each of out) first.push(first[first.length - 1] + each.length)
      const kept = largestComponent(Uint32Array.from(first), Uint32Array.from(out.flat()))
      const found = [...kept.keys()].filter((v) => kept[v] === 1)
      expect(found).toHaveLength(most)
      expect(found).toEqual(components[found[0]])
    }),
  )
})
