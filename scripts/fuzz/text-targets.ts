import { areaOf, areaOfSwapped, contains, FleetError } from '@fleetlake/core'
import { parseArea, parseBox } from '../../event-viewer/terminal/src/query/area.ts'
import { readArea } from '../../event-viewer/web/app/search/area/read-area.ts'
import { ACCEPTED, type FuzzTarget } from './target.ts'

const utf8 = new TextEncoder()
export const bytesOf = (texts: readonly string[]): Uint8Array[] => texts.map((text) => utf8.encode(text))
/** A reason without what is the input's own. */
export const wordsOf = (error: FleetError): string =>
  error.message.replaceAll(/"[^]*"|-?\d[\d.e+-]*/g, '#').slice(0, 100)

/** @returns what was refused, and what was read */
const outcomeOf = (read: () => string): string => {
  try {
    return `${ACCEPTED} ${read()}`
  } catch (error) {
    if (error instanceof FleetError) return wordsOf(error)
    throw error
  }
}

const RING = '[[-56.2,-34.9],[-56.1,-34.9],[-56.1,-34.8],[-56.2,-34.8],[-56.2,-34.9]]'
const HOLE = '[[-56.18,-34.88],[-56.12,-34.88],[-56.15,-34.82],[-56.18,-34.88]]'
const AREAS = [
  `{"type":"Polygon","coordinates":[${RING},${HOLE}]}`,
  `{"type":"MultiPolygon","coordinates":[[${RING}],[[[170,1],[190,1],[190,2],[170,2],[170,1]]]]}`,
  `{"type":"Feature","properties":{"name":"a"},"geometry":{"type":"Polygon","coordinates":[${RING}]}}`,
  `{"type":"FeatureCollection","features":[{"type":"Feature","properties":null,"geometry":{"type":"Polygon","coordinates":[${RING}]}}]}`,
  '{"type":"GeometryCollection","geometries":[]}',
]

export const areaTarget = (): FuzzTarget => ({
  name: 'GeoJSON areas',
  seeds: bytesOf(AREAS),
  tokens: bytesOf([
    '[',
    ']',
    '{',
    '}',
    '[[',
    ']]',
    ',',
    '1e308',
    '-1e-308',
    '180',
    '-180',
    '90.0000001',
    'null',
    '"type"',
    '"Polygon"',
    '[[[[[[[[[[',
    RING,
    HOLE,
    '"coordinates":',
    '[0,0],[0,0]',
    '"__proto__"',
  ]),
  run: (mutant) => {
    const text = new TextDecoder().decode(mutant)
    const terminal = outcomeOf(() => {
      const area = areaOf(parseArea(text, 'it'))
      return String(contains(area, -56_150_000, -34_850_000))
    })
    let given: unknown
    try {
      given = JSON.parse(text)
    } catch {
      // What the readers above were given too.
    }
    areaOfSwapped(given)
    const page = outcomeOf(() => {
      const read = readArea(text)
      return Object.keys(read).join()
    })
    return `${terminal}; ${page}`
  },
})

export const boxTarget = (): FuzzTarget => ({
  name: 'boxes',
  seeds: bytesOf(['-56.2,-34.93,-56.1,-34.88', '170,-10,-170,10', '-180,-90,180,90']),
  tokens: bytesOf([',', 'e', '-', '.', '0x1', 'Infinity', '180.0000001', ' ']),
  run: (mutant) =>
    outcomeOf(() => {
      const { length } = Object.keys(parseBox(new TextDecoder().decode(mutant)))
      return String(length)
    }),
})
