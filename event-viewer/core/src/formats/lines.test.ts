import { kml as readKml, gpx as readGpx } from '@tmcw/togeojson'
import type { PositionRow } from '@fleetlake/columnar'
import { type Document, DOMParser, type Element } from '@xmldom/xmldom'
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { awkwardBatches } from '../testing/awkward-rows.ts'
import { MEASURES, measuredBatches } from '../testing/measured-rows.ts'
import { mfJsonModel } from '../testing/mf-json-model.ts'
import { writeFormat } from '../testing/write-format.ts'
import { GPX_MODEL, KML_MODEL, type ContentModel } from '../testing/xml-models.ts'
import type { FormatName } from './format-names.ts'
import { xmlText } from './xml-text.ts'

/** The same rows in every format of lines, read back by programs that are not ours, and cut into lines by ten lines that know nothing of them. */
/** Without those that say nothing; of texts none without a character, which not every format tells from none. */
type Values = NonNullable<PositionRow['measures']>

const valuesOf = (textOf: (name: string) => unknown): Values => {
  const values: [string, string | number | boolean][] = []
  for (const { name, type } of MEASURES) {
    const value = textOf(name)
    if (value === null || value === undefined || value === '') continue
    if (type === 'string') values.push([name, String(value)])
    else if (type === 'boolean') values.push([name, String(value) === 'true'])
    else values.push([name, type === 'float' ? Math.fround(Number(value)) : Number(value)])
  }
  return Object.fromEntries(values)
}

interface Line {
  readonly id: string
  readonly type: string
  readonly reports: readonly (readonly [
    time: number,
    longitude: number,
    latitude: number,
    speed: number,
    heading: number,
    beside: Values,
  ])[]
}

/** The longest interval that is not a gap, of the rows of a vehicle on the UTC date of one of them. */
const gapOn = (rows: readonly PositionRow[], { vehicleId, eventTime }: PositionRow): number => {
  const dateOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10)
  const times = rows.flatMap((row) =>
    row.vehicleId === vehicleId && dateOf(row.eventTime) === dateOf(eventTime) ? [row.eventTime] : [],
  )
  const distinct = [...new Set(times)].toSorted((a, b) => a - b)
  const intervals = distinct.slice(1).map((time, i) => time - distinct[i])
  const median = intervals.toSorted((a, b) => a - b)[Math.floor((intervals.length - 1) / 2)] ?? 0
  return Math.max(60_000, 3 * median)
}

const compare = <Value>(a: Value, b: Value): number => (a < b ? -1 : Number(a > b))
const orInfinity = (value = NaN): number => (Number.isNaN(value) ? Infinity : value)

/** What tells reports apart beside time and place. */
const identityOf = ({ measures = {} }: PositionRow): string => {
  const said = MEASURES.flatMap(({ name }) => (name === 'revision' ? [] : [name, measures[name] ?? null]))
  return JSON.stringify(said)
}

/** Values are before none; texts in the order of their bytes. */
const compareValues = (a: Values[string] | undefined, b: Values[string] | undefined): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  return typeof a === 'string' && typeof b === 'string'
    ? Buffer.compare(Buffer.from(a), Buffer.from(b))
    : compare(Number(a), Number(b))
}

const linesOf = (rows: readonly PositionRow[], isCutAtAntimeridian = false): Line[] => {
  const keys: ((row: PositionRow) => string | number)[] = [
    ({ vehicleId }) => vehicleId,
    ({ eventTime }) => eventTime,
    ({ longitude }) => longitude,
    ({ latitude }) => latitude,
    ({ speed }) => orInfinity(speed),
    ({ heading }) => orInfinity(heading),
    ({ vehicleType }) => vehicleType,
  ]
  const names = MEASURES.map(({ name }) => name).toSorted()
  const said = names.filter((name) => name !== 'revision')
  const by = (of: typeof keys, a: PositionRow, b: PositionRow): number =>
    of.reduce((result, key) => result || compare(key(a), key(b)), 0)
  const beside = (of: readonly string[], a: PositionRow, b: PositionRow): number =>
    of.reduce((result, name) => result || compareValues(a.measures?.[name], b.measures?.[name]), 0)
  const sorted = rows.toSorted(
    (a, b) => by(keys.slice(0, 4), a, b) || beside(said, a, b) || by(keys.slice(4), a, b) || beside(['revision'], a, b),
  )
  const lines: { id: string; type: string; rows: PositionRow[] }[] = []
  for (const row of sorted) {
    const line = lines.at(-1)
    const last = line?.id === row.vehicleId && line.type === row.vehicleType ? line.rows.at(-1) : undefined
    const sinceMs = last === undefined ? NaN : row.eventTime - last.eventTime
    const isSamePlace = last?.longitude === row.longitude && last.latitude === row.latitude
    if (sinceMs === 0 && isSamePlace && identityOf(last) === identityOf(row)) continue
    const isFar = isCutAtAntimeridian && Math.abs(row.longitude - (last?.longitude ?? 0)) > 180
    const gapMs = last === undefined ? NaN : Math.max(gapOn(rows, last), gapOn(rows, row))
    if (sinceMs > 0 && sinceMs <= gapMs && !isFar) line!.rows.push(row)
    else lines.push({ id: row.vehicleId, type: row.vehicleType, rows: [row] })
  }
  return lines.map(({ id, type, rows: own }) => ({
    id,
    type,
    reports: own.map(
      (row) =>
        [
          row.eventTime,
          row.longitude,
          row.latitude,
          row.speed ?? NaN,
          row.heading ?? NaN,
          valuesOf((name) => row.measures?.[name]),
        ] as const,
    ),
  }))
}

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
const numberOf = (value: unknown): number =>
  value === null || value === undefined || value === '' ? NaN : Math.fround(Number(value))
const timesOf = (values: unknown): number[] => (values as string[]).map((time) => Date.parse(time))

const byGeojson = (text: string): Line[] => {
  const { features } = JSON.parse(text) as {
    features: { geometry: { type: string; coordinates: number[][] }; properties: Record<string, unknown> }[]
  }
  return features.map(({ geometry, properties }) => {
    const beside = properties['coordinateProperties'] as Record<string, unknown[]>
    const { times, speeds, headings } = beside
    const coordinates = geometry.type === 'Point' ? [geometry.coordinates as unknown as number[]] : geometry.coordinates
    return {
      id: String(properties['vehicle_id']),
      type: String(properties['vehicle_type']),
      reports: timesOf(times).map((time, i) => [
        time,
        coordinates[i][0] + 0,
        coordinates[i][1] + 0,
        numberOf(speeds[i]),
        numberOf(headings[i]),
        valuesOf((name) => beside[name === 'times' ? 'times_' : name]?.[i]),
      ]),
    }
  })
}

const byMovingFeatures = (text: string): Line[] =>
  // The schema has no place for an answer without a row.
  (text.includes('"features":[\n],') ? [] : mfJsonModel.parse(JSON.parse(text)).features).map(
    ({ properties, temporalGeometry, temporalProperties: [values] }) => ({
      id: properties.vehicle_id,
      type: properties.vehicle_type,
      reports: temporalGeometry.datetimes
        .map((time, i): Line['reports'][number] => {
          const [longitude, latitude] = temporalGeometry.coordinates[i]
          const at = (name: string): unknown => values?.members[name]?.values[i]
          const [speed, heading] = ['speed', 'heading'].map((name) => numberOf(at(name)))
          return [Date.parse(time), longitude + 0, latitude + 0, speed, heading, valuesOf(at)]
        })
        .filter((_, i) => {
          // Of one report there are two instants, of the same ms.
          const isRepeated = temporalGeometry.interpolation === 'Step'
          if (isRepeated) expect([properties.reports, temporalGeometry.datetimes.length]).toEqual([1, 2])
          return !isRepeated || i === 0
        }),
    }),
  )

/** Elements in the order that the schema gives them, with nothing that it does not know. */
const checkModel = (text: string, model: ContentModel): void => {
  const parser = new SaxesParser({ xmlns: true })
  const open: { name: string; children: string[] }[] = []
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name }) => {
    open.at(-1)?.children.push(name)
    open.push({ name, children: [] })
  })
  parser.on('closetag', () => {
    const { name, children } = open.pop()!
    if (model[name] === undefined) throw new Error(`<${name}> is unknown`)
    if (!model[name].test(children.map((child) => `${child} `).join(''))) {
      throw new Error(`<${name}> holds ${children.join(' ').slice(0, 200)}`)
    }
  })
  parser.write(text).close()
}

const documentOf = (text: string): Document =>
  new DOMParser({
    onError: (level, message) => {
      if (level !== 'warning') throw new Error(`${level}: ${message}`)
    },
  }).parseFromString(text, 'text/xml')

const texts = (root: Element | Document, name: string): string[] =>
  Array.from(root.getElementsByTagName(name), (element) => element.textContent ?? '')

const child = (parent: Element, name: string): string => texts(parent, name)[0]

const byGpx = (text: string): Line[] => {
  checkModel(text, GPX_MODEL)
  return Array.from(documentOf(text).getElementsByTagName('trk')).flatMap((track) =>
    Array.from(track.getElementsByTagName('trkseg'), (segment): Line => ({
      id: child(track, 'name'),
      type: child(track, 'type'),
      // A report that stands alone is there twice.
      reports: Array.from(segment.getElementsByTagName('trkpt'), (point): Line['reports'][number] => [
        Date.parse(child(point, 'time')),
        Number(point.getAttribute('lon')) + 0,
        Number(point.getAttribute('lat')) + 0,
        numberOf(texts(point, 'gpxtpx:speed')[0]),
        numberOf(texts(point, 'gpxtpx:course')[0]),
        valuesOf((name) => texts(point, name === 'altitude' ? 'ele' : `measure:${name}`)[0]),
      ]).filter(([time], i, all) => i === 0 || time !== all[i - 1][0]),
    })),
  )
}

const byKml = (text: string): Line[] => {
  checkModel(text, KML_MODEL)
  return Array.from(documentOf(text).getElementsByTagName('Placemark')).flatMap((placemark): Line[] => {
    const [id, type] = [child(placemark, 'name'), child(placemark, 'value')]
    const data = new Map(
      Array.from(placemark.getElementsByTagName('Data'), (each) => [each.getAttribute('name'), child(each, 'value')]),
    )
    const [point] = Array.from(placemark.getElementsByTagName('Point'))
    if (point !== undefined) {
      const [longitude, latitude] = child(point, 'coordinates').split(',').map(Number)
      const time = Date.parse(child(placemark, 'when'))
      const [speed, heading] = [numberOf(data.get('speed')), numberOf(data.get('heading'))]
      const beside = valuesOf((name) => data.get(name))
      return [{ id, type, reports: [[time, longitude + 0, latitude + 0, speed, heading, beside]] }]
    }
    return Array.from(placemark.getElementsByTagName('gx:Track'), (track): Line => {
      const places = texts(track, 'gx:coord').map((coordinates) => coordinates.split(' ').map(Number))
      const arrays = new Map(
        Array.from(track.getElementsByTagName('gx:SimpleArrayData'), (values) => [
          values.getAttribute('name'),
          texts(values, 'gx:value'),
        ]),
      )
      const [speeds, headings] = ['speed', 'heading'].map((name) => arrays.get(name)!.map(numberOf))
      const reports = timesOf(texts(track, 'when')).map((time, i): Line['reports'][number] => {
        const beside = valuesOf((name) => arrays.get(name)?.[i])
        return [time, places[i][0] + 0, places[i][1] + 0, speeds[i], headings[i], beside]
      })
      return { id, type, reports }
    })
  })
}

/** XML has no place for some characters, and GPX none for 180° east. */
const inXml = (line: Line): Line => {
  const shown = (text: string): string => {
    const escaped = xmlText(text)
    return documentOf(`<a>${escaped}</a>`).documentElement?.textContent ?? ''
  }
  const reports = line.reports.map(([time, x, y, speed, heading, beside]): Line['reports'][number] => {
    const { state } = beside
    return [time, x, y, speed, heading, typeof state === 'string' ? { ...beside, state: shown(state) } : beside]
  })
  return { id: shown(line.id), type: shown(line.type), reports }
}
const west = (line: Line): Line => ({
  ...line,
  reports: line.reports.map(([time, x, ...rest]) => [time, x === 180 ? -180 : x, ...rest]),
})

const formats: readonly [FormatName, (text: string) => Line[], (rows: PositionRow[]) => Line[]][] = [
  ['geojson-lines', byGeojson, (rows) => linesOf(rows, true)],
  ['mf-json', byMovingFeatures, (rows) => linesOf(rows)],
  ['gpx', byGpx, (rows) => linesOf(rows).map((line) => west(inXml(line)))],
  ['kml', byKml, (rows) => linesOf(rows).map(inXml)],
]

describe.each(formats)('%s', (format, read, expected) => {
  test('every report is there once, in lines without gaps', async () => {
    await fc.assert(
      fc.asyncProperty(awkwardBatches, async (batches) => {
        expect(read(decode(await writeFormat(format, batches)))).toEqual(expected(batches.flat()))
      }),
      { numRuns: 100 },
    )
  })

  test('every report has its measures, and what says something else is another report', async () => {
    await fc.assert(
      fc.asyncProperty(measuredBatches, async (batches) => {
        const text = decode(await writeFormat(format, batches, { measures: MEASURES }))
        expect(read(text)).toEqual(expected(batches.flat()))
      }),
      { numRuns: 100 },
    )
  })
})

const drive = Array.from({ length: 40 }, (_, i): PositionRow => ({
  vehicleId: 'a <b> & "c"',
  vehicleType: 'taxi',
  eventTime: Date.UTC(2026, 0, 5, 8) + i * 5000 + (i >= 25 ? 600_000 : 0),
  longitude: (-56_100_000 + i) / 1e6,
  latitude: (-34_900_000 + 2 * i) / 1e6,
  speed: 10,
  heading: 90,
}))

test('a reader of GPX and KML sees two lines with their times, one on each side of the gap', async () => {
  const expected = [drive.slice(0, 25), drive.slice(25)].map((rows) => ({
    coordinates: rows.map(({ longitude, latitude }) => [longitude, latitude]),
    times: rows.map(({ eventTime }) => new Date(eventTime).toISOString()),
  }))
  const seen = (collection: ReturnType<typeof readKml>): unknown[] =>
    collection.features.map(({ geometry, properties }) => {
      const coordinates =
        geometry?.type === 'GeometryCollection'
          ? geometry.geometries.map((line) => (line as { coordinates: number[][] }).coordinates)
          : (geometry as { coordinates: number[][][] }).coordinates
      const { times } = (properties ?? {})['coordinateProperties'] as { times: string[][] }
      return {
        name: properties?.['name'],
        lines: coordinates.map((line, i) => ({ coordinates: line.map((place) => place.slice(0, 2)), times: times[i] })),
      }
    })
  const answer = [{ name: 'a <b> & "c"', lines: expected }]
  expect(seen(readGpx(documentOf(decode(await writeFormat('gpx', [drive])))))).toEqual(answer)
  expect(seen(readKml(documentOf(decode(await writeFormat('kml', [drive])))))).toEqual(answer)
})

test.each([
  ['gpx', '<fleet:status>partial</fleet:status>'],
  ['kml', '<!-- status: partial -->'],
  ['mf-json', '"status":"partial"'],
  ['geojson-lines', '"status":"partial"'],
] as const)('%s says at its end how the answer ended, and is whole without a row', async (format, expected) => {
  expect(decode(await writeFormat(format, [], { status: 'partial' }))).toContain(expected)
})

test('what XML can carry is escaped, what it can not becomes what stands for it', () => {
  expect(xmlText('a<b>&"c"\t\n\r')).toBe('a&lt;b&gt;&amp;"c"\t\n&#13;')
  expect(xmlText('\u0000\u0001\u001F\uFFFE\uD800𝄞')).toBe('␀␁␟��𝄞')
})
