import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHeardTrack } from './heard-track.ts'
import { boundsOfTrack, mergeTracks, pathOf, speedSeriesOf, stretchesOf, type Track, trackOf } from './track.ts'

const at = (...times: number[]): Track => ({
  length: times.length,
  eventTime: times,
  longitude: times.map((time) => time / 1e7),
  latitude: times.map((time) => -time / 1e7),
  speed: times.map(() => 10),
})

describe('the track of a vehicle', () => {
  it('is each time that is archived or heard, once, in order, and none before its beginning', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { maxLength: 80 })
    const ascending = times.map((list) => list.toSorted((a, b) => a - b))
    fc.assert(
      fc.property(ascending, ascending, fc.integer({ min: 0, max: 200 }), (archived, heard, from) => {
        const merged = mergeTracks(at(...archived), at(...heard), from)
        const expected = [...new Set([...archived, ...heard])].filter((time) => time >= from).toSorted((a, b) => a - b)
        expect(merged).toEqual(at(...expected))
      }),
    )
  })

  it('keeps one of the doubles of the archive, and the archive has the say', () => {
    const heard = { ...at(1, 3), speed: [99, 30] }
    expect(mergeTracks(at(1, 1, 2, 2), heard, 0)).toEqual({ ...at(1, 2, 3), speed: [10, 10, 30] })
  })

  it('is cut where it is not known where the vehicle was', () => {
    expect(stretchesOf(at(0, 60, 120, 181, 400, 410), 60)).toEqual([
      { from: 0, to: 3 },
      { from: 3, to: 4 },
      { from: 4, to: 6 },
    ])
    expect(stretchesOf(at(), 60)).toEqual([])
  })

  it('is cut where some reports may be on their way to the archive', () => {
    const merged = mergeTracks(at(0, 5_000), at(25_000, 30_000), 0)
    expect(merged.seam).toBe(2)
    expect(stretchesOf(merged, 60_000)).toEqual([
      { from: 0, to: 2 },
      { from: 2, to: 4 },
    ])
    expect(mergeTracks(at(0, 5_000), at(20_000), 0).seam).toBeUndefined()
    expect(mergeTracks(at(0, 60_000), at(25_000), 0).seam).toBeUndefined()
    // One that reports each two minutes has none on its way that its next report would show.
    expect(mergeTracks(at(0, 120_000, 240_000), at(360_000), 0).seam).toBeUndefined()
    expect(mergeTracks(at(0, 120_000, 240_000), at(480_000), 0).seam).toBe(3)
  })

  it('is no line where no vehicle could have driven', () => {
    const leaps = { ...at(0, 5_000, 10_000, 15_000), longitude: [0, 0.005, 0.5, 0.505] }
    expect(pathOf(leaps, 60_000).features.map(({ geometry }) => geometry)).toEqual([
      {
        type: 'LineString',
        coordinates: [
          [0, -0],
          [0.005, -0.0005],
        ],
      },
      {
        type: 'LineString',
        coordinates: [
          [0.5, -0.001],
          [0.505, -0.0015],
        ],
      },
    ])
    expect(stretchesOf(leaps, 60_000)).toEqual([{ from: 0, to: 4 }])
  })

  it('is a line for each stretch, and a point for a report that stands alone', () => {
    const geometries = pathOf(at(0, 60_000, 500_000), 60_000).features.map(({ geometry }) => geometry)
    expect(geometries).toEqual([
      {
        type: 'LineString',
        coordinates: [
          [0, -0],
          [0.006, -0.006],
        ],
      },
      { type: 'Point', coordinates: [0.05, -0.05] },
    ])
  })

  it('is charted in km/h with nothing in its gaps, and knows the row of each point', () => {
    const track = { ...at(0, 1_000, 90_000), speed: [10, NaN, 5] }
    expect(speedSeriesOf(track, 60_000)).toEqual({
      seconds: [0, 1, 45.5, 90],
      kmh: [36, null, null, 18],
      rows: [0, 1, -1, 2],
    })
  })

  it('lies within its bounds', () => {
    expect([boundsOfTrack(at()), boundsOfTrack(at(5, 7))]).toEqual([undefined, [5e-7, -7e-7, 7e-7, -5e-7]])
  })

  it('is taken from what was found by the id, and empty for an id that was not', () => {
    const found = {
      length: 3,
      ids: ['a', 'b'],
      type: new Uint16Array(2),
      types: ['taxi'],
      start: Uint32Array.of(0, 1, 3),
      measures: [],
      eventTime: Float64Array.of(9, 1, 2),
      longitude: Float64Array.of(9, 10, 20),
      latitude: Float64Array.of(9, 11, 21),
      speed: Float32Array.of(9, 12, 22),
      heading: new Float32Array(3),
    }
    expect(trackOf(found, 'b')).toEqual({
      length: 2,
      eventTime: Float64Array.of(1, 2),
      longitude: Float64Array.of(10, 20),
      latitude: Float64Array.of(11, 21),
      speed: Float32Array.of(12, 22),
    })
    expect(trackOf(found, 'c').length).toBe(0)
  })

  it('is cut by how often the vehicle reports on a date, where that is known, with what was heard since', () => {
    const minutes = (...all: number[]): Track => at(...all.map((each) => each * 60_000))
    const cadences = new Map([[0, new Map([['b', 600_000]])]])
    const archived = { ...minutes(0, 1, 2, 20), known: { id: 'b', cadences } }
    const merged = mergeTracks(archived, minutes(20.1, 45), 0)
    expect(stretchesOf(merged, 'automatic')).toEqual([{ from: 0, to: 6 }])
    expect(stretchesOf(mergeTracks(minutes(0, 1, 2, 20), minutes(20.1, 45), 0), 'automatic').length).toBe(3)
  })
})

describe('what was heard of a vehicle', () => {
  const report = (eventTime: number): Parameters<ReturnType<typeof createHeardTrack>['add']>[0] => ({
    eventTime,
    longitude: 1,
    latitude: 2,
    speed: 3,
  })

  it('is kept in order, without late reports and duplicates', () => {
    const heard = createHeardTrack()
    for (const time of [5, 10, 7, 10, 12]) heard.add(report(time))
    expect(heard.track.eventTime).toEqual([5, 10, 12])
  })

  it('is bounded in time and in rows', () => {
    const slow = createHeardTrack()
    for (let i = 0; i < 5_000; i++) slow.add(report(i * 5_000))
    expect(slow.track.length).toBeLessThan(720 + 102)
    expect(slow.track.eventTime[0]).toBeLessThanOrEqual(5_000 * 4_999 - 3_600_000)
    const fast = createHeardTrack()
    for (let i = 0; i < 100_000; i++) fast.add(report(i))
    expect(fast.track.length).toBeLessThanOrEqual(20_000)
    expect(fast.track.length).toBeGreaterThanOrEqual(18_000)
  })
})
