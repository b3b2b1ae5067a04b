import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { ViewerConfig } from '../../../api/viewer-config.ts'
import { chooseStyle } from './choose-style.ts'
import { cityStyle } from './city-style.ts'
import type { City } from './city-style.ts'

const STYLE = { version: 8, sources: {}, layers: [{ id: 'paper', type: 'background' }] }

const city: City = {
  name: 'Bergen',
  attribution: 'me',
  bounds: [5, 60, 5.1, 60.1],
  layers: ['streets'],
  districts: [],
  vehicleTypes: [],
}

const configOf = (style: string | null, of: City | null = city): ViewerConfig =>
  ({ city: of, map: { style, pmtiles: null } }) as ViewerConfig

const serve = async (status: number, body: string): Promise<string> => {
  const server = createServer((_, response) => response.writeHead(status).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/style.json`
}

test('without a setting the city is shown, at home in its bounds', async () => {
  const { styleOf, home, problem } = await chooseStyle(configOf(null))
  expect([styleOf('dark'), styleOf('light')]).toEqual([
    cityStyle({ theme: 'dark', city }),
    cityStyle({ theme: 'light', city }),
  ])
  expect([home, problem]).toEqual([city.bounds, null])
})

test('the style of the configuration is shown, whatever the theme', async () => {
  const { styleOf, home, problem, instead } = await chooseStyle(configOf(await serve(200, JSON.stringify(STYLE))))
  expect([styleOf('dark'), styleOf('light'), home, problem]).toEqual([STYLE, STYLE, city.bounds, null])
  const other = instead!('a layer has no type')
  expect(other.styleOf('dark')).toEqual(cityStyle({ theme: 'dark', city }))
  expect(other.problem).toMatch(
    /^The map style http:.* can't be shown: a layer has no type\. The map of Bergen is shown/,
  )
})

test.each([
  ['that is missing', 404, 'no', 'its server answered 404'],
  ['that is not a style', 200, '{"version":7}', 'it is not a MapLibre style of version 8'],
  ['that is not JSON', 200, '<html>', 'is not valid JSON'],
])('a style %s is told, and the city is shown', async (_, status, body, reason) => {
  const url = await serve(status, body)
  const { styleOf, problem } = await chooseStyle(configOf(url))
  expect(problem).toContain(`The map style ${url} can't be shown: `)
  expect(problem).toContain(`${reason}. The map of Bergen is shown in its place.`)
  expect(styleOf('light')).toEqual(cityStyle({ theme: 'light', city }))
})

test('without a city pack either, it is said that the map is empty', async () => {
  const { styleOf, problem, home } = await chooseStyle(configOf(await serve(500, ''), null))
  expect(problem).toMatch(/There is no city pack either: the map is empty\.$/)
  expect([styleOf('dark').sources, home]).toEqual([{}, null])
})
