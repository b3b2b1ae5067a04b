import { gpx as readGpx, kml as readKml } from '@tmcw/togeojson'
import { type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { areaOf, dayOf, distanceM, roundDegrees } from '@fleetlake/core'
import { DOMParser } from '@xmldom/xmldom'
import { expect, test } from 'vitest'
import { createPositionsAt } from '../at/positions-at.ts'
import { boxArea } from '../box-area.ts'
import { createRowCollector } from '../rows/collect-rows.ts'
import { mfJsonModel } from '../testing/mf-json-model.ts'
import { writeFormat } from '../testing/write-format.ts'
import { createTrackMeter } from '../track/measure-track.ts'
import { joinRows } from './joined-rows.ts'

/** One drive, told by devices that report each 15 s, 59 s, 61 s, 2 min and 10 min: a wide bend at 10 m/s, three hours off, and on again. */
const START_MS = Date.UTC(2026, 0, 5, 6)
const [LEG_MS, OFF_MS] = [2 * 3_600_000, 3 * 3_600_000]
const SPEED_MPS = 10
const RADIUS_M = 20_000
const METRES_PER_DEGREE = (Math.PI * 6_371_008.8) / 180

const placeAfter = (drivenMs: number): { longitude: number; latitude: number } => {
  const angle = (drivenMs / 1000) * (SPEED_MPS / RADIUS_M)
  return {
    longitude: roundDegrees((RADIUS_M * Math.sin(angle)) / METRES_PER_DEGREE),
    latitude: roundDegrees((RADIUS_M * (1 - Math.cos(angle))) / METRES_PER_DEGREE),
  }
}

const drive = (everyMs: number): PositionRow[] => {
  const leg = (startMs: number, drivenMs: number): PositionRow[] =>
    Array.from({ length: Math.floor(LEG_MS / everyMs) + 1 }, (_, i) => ({
      vehicleId: 'v-1',
      vehicleType: 'bus',
      eventTime: startMs + i * everyMs,
      ...placeAfter(drivenMs + i * everyMs),
      speed: NaN,
      heading: NaN,
    }))
  return [...leg(START_MS, 0), ...leg(START_MS + LEG_MS + OFF_MS, LEG_MS)]
}

const CADENCES_MS = [15_000, 59_000, 61_000, 120_000, 600_000]
const DRIVEN_M = (2 * LEG_MS * SPEED_MPS) / 1000
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

test.each(CADENCES_MS)('a drive told each %i ms is two lines of the distance that was driven', async (everyMs) => {
  const rows = drive(everyMs)
  const meter = createTrackMeter({ gap: 'automatic', stopMs: 120_000, stopRadiusM: 25 })
  meter.add(positionsOfRows(rows))
  const { gaps, distanceM: meters, used } = meter.finish()!
  expect([gaps, used.toMs]).toEqual([1, Math.max(60_000, 3 * everyMs)])
  // The end of each leg is not told, and chords are a little shorter than the bend.
  const untoldM = 2 * SPEED_MPS * ((LEG_MS % everyMs) / 1000)
  expect(Math.abs(meters - (DRIVEN_M - untoldM))).toBeLessThan(DRIVEN_M * 0.005)

  const xml = (text: string): Parameters<typeof readGpx>[0] => new DOMParser().parseFromString(text, 'text/xml')
  const lengthsOf = ({ features }: ReturnType<typeof readKml>): number[] =>
    features.flatMap(({ geometry }) => {
      if (geometry?.type === 'MultiLineString') return geometry.coordinates.map(({ length }) => length)
      if (geometry?.type !== 'GeometryCollection') throw new Error(`it is a ${geometry?.type}`)
      return geometry.geometries.map((line) => (line as { coordinates: unknown[] }).coordinates.length)
    })
  const half = rows.length / 2
  expect(lengthsOf(readGpx(xml(decode(await writeFormat('gpx', [rows])))))).toEqual([half, half])
  expect(lengthsOf(readKml(xml(decode(await writeFormat('kml', [rows])))))).toEqual([half, half])
  const moving = mfJsonModel.parse(JSON.parse(decode(await writeFormat('mf-json', [rows]))))
  expect(moving.features.map(({ temporalGeometry }) => temporalGeometry.datetimes.length)).toEqual([half, half])
  const lines = JSON.parse(decode(await writeFormat('geojson-lines', [rows]))) as { features: { geometry: object }[] }
  expect(lines.features.map(({ geometry }) => geometry)).toMatchObject([{ type: 'LineString' }, { type: 'LineString' }])
})

test.each(CADENCES_MS)(
  'of a drive told each %i ms it is known where the vehicle was, but not while it was off',
  (everyMs) => {
    const rows = drive(everyMs)
    const reachMs = 15 * 60_000
    const at = (atMs: number): { meters: number | undefined; unknown: number } => {
      const expected = placeAfter(atMs - START_MS - (atMs > START_MS + LEG_MS ? OFF_MS : 0))
      const box = boxArea(
        expected.longitude - 0.01,
        expected.latitude - 0.01,
        expected.longitude + 0.01,
        expected.latitude + 0.01,
      )
      const positions = createPositionsAt({ atMs, gap: 'automatic', maxSpeedMps: 100 })
      positions.add(positionsOfRows(rows.filter(({ eventTime }) => Math.abs(eventTime - atMs) <= reachMs)))
      const { rows: found, unknown } = positions.finish(areaOf(box))
      const meters =
        found.length === 0
          ? undefined
          : distanceM(found.longitude[0], found.latitude[0], expected.longitude, expected.latitude)
      return { meters, unknown }
    }
    for (const minute of [1, 17.3, 50, 71.9, 300 + 33.3, 300 + 90]) {
      const { meters } = at(START_MS + minute * 60_000)
      expect(meters, `minute ${minute}`).toBeDefined()
      // The chord of ten minutes is 225 m from the bend.
      expect(meters).toBeLessThan(250)
    }
    expect(at(START_MS + LEG_MS + OFF_MS / 2)).toEqual({ meters: undefined, unknown: 0 })
    expect(at(START_MS + LEG_MS + 10 * 60_000).meters).toBeUndefined()
  },
)

test.each(CADENCES_MS)('of a drive told each %i ms all rows of a leg are joined', (everyMs) => {
  const collector = createRowCollector({ maxRows: Infinity })
  collector.add(positionsOfRows(drive(everyMs)))
  const { isJoined } = joinRows(collector.finish(), 'automatic')
  const half = isJoined.length / 2
  expect([...isJoined]).toEqual(Array.from(isJoined, (_, row) => ((row + 1) % half === 0 ? 0 : 1)))
})

test('a report that stands alone is shown by readers of GPX and KML, and valid Moving Features', async () => {
  const alone = [drive(600_000)[0], { ...drive(600_000)[5], vehicleId: 'v-2' }]
  const xml = (text: string): Parameters<typeof readGpx>[0] => new DOMParser().parseFromString(text, 'text/xml')
  const place = ({ longitude, latitude }: PositionRow): number[] => [longitude, latitude]
  expect(readGpx(xml(decode(await writeFormat('gpx', [alone])))).features.map(({ geometry }) => geometry)).toEqual(
    alone.map((row) => ({ type: 'LineString', coordinates: [place(row), place(row)] })),
  )
  expect(readKml(xml(decode(await writeFormat('kml', [alone])))).features.map(({ geometry }) => geometry)).toEqual(
    alone.map((row) => ({ type: 'Point', coordinates: place(row) })),
  )
  const moving = mfJsonModel.parse(JSON.parse(decode(await writeFormat('mf-json', [alone]))))
  expect(moving.features.map(({ temporalGeometry: { coordinates } }) => coordinates)).toEqual(
    alone.map((row) => [place(row), place(row)]),
  )
})

test('what was taken for a gap is in the formats that tell gaps, and a gap that is given is taken', async () => {
  const rows = drive(120_000)
  const texts = await Promise.all(
    (['gpx', 'kml'] as const).map(async (name) => decode(await writeFormat(name, [rows]))),
  )
  for (const text of texts) expect(text).toContain('gaps: longer than 6 min, 3 × the median interval')
  for (const name of ['mf-json', 'geojson-lines'] as const) {
    const { gaps } = JSON.parse(decode(await writeFormat(name, [rows]))) as { gaps: unknown }
    expect(gaps).toEqual({ rule: 'automatic', fromMs: 360_000, toMs: 360_000, reports: 'found' })
  }
  const cut = JSON.parse(decode(await writeFormat('geojson-lines', [rows], { gap: 60_000 }))) as {
    features: { geometry: { type: string } }[]
    gaps: unknown
  }
  expect(cut.gaps).toEqual({ rule: 'fixed', fromMs: 60_000, toMs: 60_000 })
  expect(new Set(cut.features.map(({ geometry }) => geometry.type))).toEqual(new Set(['Point']))
})

test('where the cadence over all reports of the date is known, every format, the track and an instant take it', async () => {
  // Of a day of a report each 10 min a part in which it reported each 15 s, twice.
  const rows = [...drive(15_000).slice(0, 20), ...drive(600_000).slice(2, 5)]
  const cadences = new Map([[dayOf(START_MS), new Map([['v-1', 600_000]])]])
  const used = { rule: 'automatic', fromMs: 1_800_000, toMs: 1_800_000, reports: 'all' }
  for (const name of ['mf-json', 'geojson-lines'] as const) {
    const { features, gaps } = JSON.parse(decode(await writeFormat(name, [rows], { cadences }))) as {
      features: unknown[]
      gaps: unknown
    }
    expect([features.length, gaps]).toEqual([1, used])
  }
  for (const name of ['gpx', 'kml'] as const) {
    const text = decode(await writeFormat(name, [rows], { cadences }))
    expect(text).toContain('gaps: longer than 30 min')
    expect(text).toContain('over all its reports')
  }
  const meter = createTrackMeter({ gap: 'automatic', cadences, stopMs: 120_000, stopRadiusM: 25 })
  meter.add(positionsOfRows(rows))
  const track = meter.finish()!
  expect([track.gaps, track.used]).toEqual([0, used])
  const at = (known: typeof cadences | undefined): unknown => {
    const positions = createPositionsAt({
      atMs: START_MS + 25 * 60_000,
      gap: 'automatic',
      cadences: known,
      maxSpeedMps: 100,
    })
    positions.add(positionsOfRows(rows))
    const { rows: found, used: taken } = positions.finish(areaOf(boxArea(-1, -1, 1, 1)))
    return [found.length, taken]
  }
  expect([at(cadences), at(undefined)]).toEqual([
    [1, used],
    [0, { rule: 'automatic', fromMs: 60_000, toMs: 60_000, reports: 'found' }],
  ])
})
