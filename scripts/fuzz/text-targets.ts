import { areaOf, areaOfSwapped, contains, FleetError } from '@fleetlake/core'
import { parseArea, parseBox } from '../../event-viewer/terminal/src/query/area.ts'
import { COLUMN_NAMES } from '@fleetlake/columnar'
import { planFields } from '../../shared/intake/src/fields/index.ts'
import { type Block, START } from '../../shared/intake/src/formats/block.ts'
import type { Input } from '../../shared/intake/src/formats/format.ts'
import { formatNamed } from '../../shared/intake/src/formats/formats.ts'
import { type InputReading, inputReadingOf } from '../../shared/intake/src/rows/input-reading.ts'
import { emptyTally } from '../../shared/intake/src/rows/tally.ts'
import { createBlockTaker } from '../../shared/intake/src/rows/take-block.ts'
import { readArea } from '../../event-viewer/web/app/search/area/read-area.ts'
import { ACCEPTED, type FuzzTarget } from './target.ts'

const utf8 = new TextEncoder()
const bytesOf = (texts: readonly string[]): Uint8Array[] => texts.map((text) => utf8.encode(text))
const wordsOf = (error: FleetError): string => error.message.replaceAll(/"[^]*"|-?\d[\d.e+-]*/g, '#').slice(0, 100)

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

const T = '2026-01-05T08:00:00Z'
const CSV = `vehicle_id,vehicle_type,event_time,longitude,latitude,speed,heading\nv-1,bus,${T},-56.1,-34.9,10,90\n"v,2","a ""bus""",${T},-56.1,-34.9,,\n`
const NDJSON = `{"id":"v-1","time":"${T}","lon":-56.1,"lat":-34.9}\n{"id":"v-2","time":1767600000,"lon":"1","lat":2,"speed":null}\n`

const LATEST_MS = 2e12

const inputOf = (bytes: Uint8Array): Input => ({
  name: 'mutant',
  size: bytes.length,
  read: async function* (from) {
    const half = Math.max(from, bytes.length >> 1)
    yield bytes.slice(from, half)
    yield bytes.slice(half)
  },
  file: async () => {
    throw new FleetError('import.invalid', 'a mutant is no file')
  },
})

/** An import of a file, but for the hub. */
const collect = async (bytes: Uint8Array, name: 'csv' | 'ndjson'): Promise<string> => {
  const format = formatNamed(name)
  const tally = emptyTally()
  const taker = createBlockTaker({
    tally,
    latestMs: LATEST_MS,
    vehicleType: 'bus',
    refuse: () => undefined,
    sink: {
      begin: () => undefined,
      finish: () => undefined,
      add: (_idBytes, idFrom, idTo, type, eventTime, longitude, latitude) => {
        const isRight =
          [idTo - idFrom, utf8.encode(type).length].every((length) => length > 0 && length <= 255) &&
          eventTime >= 0 &&
          eventTime <= LATEST_MS &&
          Math.abs(longitude) <= 180 &&
          Math.abs(latitude) <= 90
        if (!isRight) throw new Error(`a row out of bounds: ${eventTime} ${longitude} ${latitude} ${type}`)
      },
    },
  })
  const readingOf = (block: Block): InputReading =>
    inputReadingOf(
      planFields({
        format,
        sample: [block],
        asked: {},
        options: { timezone: 'America/Montevideo', speedUnit: 'km/h' },
        nowMs: LATEST_MS,
      }),
    )
  let reading: InputReading | undefined
  const options = { from: START, blockBytes: 1 << 20, signal: new AbortController().signal }
  try {
    for await (const block of format.read(inputOf(bytes), options)) {
      if (block.rows === 0) continue
      reading ??= readingOf(block)
      taker.take(block, reading)
    }
  } catch (error) {
    if (error instanceof FleetError) return wordsOf(error)
    throw error
  }
  return `${tally.rows === 0 ? 'none' : ACCEPTED} ${Object.keys(tally.reasons).toSorted().join()}`
}

export const importTargets = (): FuzzTarget[] =>
  (
    [
      ['CSV', 'csv', CSV],
      ['CSV with semicolons', 'csv', CSV.replaceAll(',', ';')],
      ['NDJSON', 'ndjson', NDJSON],
    ] as const
  ).map(([name, format, text]) => ({
    name: `import of ${name}`,
    seeds: bytesOf([text]),
    tokens: bytesOf([
      '"',
      '""',
      ',',
      ';',
      '\t',
      '\n',
      '\r\n',
      '\u0000',
      '\uFEFF',
      '1e400',
      'nan',
      '{',
      '}',
      '[',
      `${T}`,
      '2026-02-30',
      '+25:00',
      'é'.repeat(130),
      ...COLUMN_NAMES,
    ]),
    run: (mutant) => collect(mutant, format),
  }))
