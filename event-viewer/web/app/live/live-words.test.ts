import { describe, expect, it } from 'vitest'
import { describeLag } from './describe-lag.ts'
import { createRecentShare } from './recent-share.ts'
import { lastHourOf } from './last-hour.ts'
import { horizonWords, keptMsOf, parseHorizon, SILENT_HORIZONS, unseenWords } from './silent-horizon.ts'
import { agoText, headingText, placeText, silentText, speedText } from './vehicle-words.ts'

const NEWEST = Date.UTC(2026, 0, 5, 12)
const words = (counters: Parameters<typeof describeLag>[0]): string[] => {
  const { label, value, note } = describeLag(counters)
  return [label, value, note]
}

describe('the lag in words', () => {
  it('is a dash before the first report that is not of the past', () => {
    expect(words(undefined)).toEqual(['Lag', '–', 'no report yet'])
    expect(words({ lagMs: null, silentMs: null, pastEvents: 0 })).toEqual(['Lag', '–', 'no report yet'])
    expect(words({ lagMs: null, silentMs: null, pastEvents: 7 })).toEqual(['Lag', '–', 'past only'])
  })

  it('is the median of the reports while they come, never less than none', () => {
    expect(words({ lagMs: 850, silentMs: 10, pastEvents: 0 })).toEqual(['Lag', '850 ms', 'median'])
    expect(words({ lagMs: 200_000, silentMs: 14_000, pastEvents: 0 })).toEqual(['Lag', '3 min 20 s', 'median'])
    expect(words({ lagMs: -400, silentMs: 0, pastEvents: 0 })).toEqual(['Lag', '0 ms', 'median'])
  })

  it('is told as the time since the last report when none come any more, whatever comes of the past', () => {
    expect(words({ lagMs: 850, silentMs: 75_400, pastEvents: 9 })).toEqual(['Last report', '1 min 15 s', 'ago'])
  })
})

describe('a vehicle in words', () => {
  it('has a heading in degrees and as a compass word', () => {
    expect([0, 22.4, 22.6, 247.6, 337.6, 359.7, NaN].map(headingText)).toEqual([
      '0° north',
      '22° north',
      '23° north-east',
      '248° west',
      '338° north',
      '0° north',
      '–',
    ])
  })

  it('has its speed in km/h, its place with the longitude first, and its age in whole seconds', () => {
    expect([speedText(11.9), speedText(NaN)]).toEqual(['43 km/h', '–'])
    expect(placeText(-56.1645, -34.901204)).toBe('-56.16450, -34.90120')
    expect([0, 3_400, 125_000, -2_000].map(agoText)).toEqual(['now', '3 s ago', '2 min 5 s ago', 'in 2 s'])
  })

  it('is searched for in the hour up to its newest report, that report included', () => {
    const { from, to, vehicleIds, area } = lastHourOf('van 7', NEWEST)
    expect({ from, to, vehicleIds, area }).toEqual({
      from: '2026-01-05T11:00:00.000Z',
      to: '2026-01-05T12:00:00.001Z',
      vehicleIds: ['van 7'],
      area: undefined,
    })
  })
})

describe('the recent share', () => {
  it('is that of the last five seconds', () => {
    const shareOf = createRecentShare()
    const shares = [
      [0, 0, 0],
      [1_000, 100, 0],
      [2_000, 200, 50],
      [7_000, 300, 150],
      [13_000, 300, 150],
    ].map(([atMs, events, some]) => shareOf({ events, some }, atMs))
    expect(shares).toEqual([0, 0, 0.25, 1, 0])
  })
})

describe('a silent vehicle in words', () => {
  it('says for how long, in the largest whole unit, and since when', () => {
    const since = new Date(2026, 0, 5, 12, 30).getTime()
    const minutes = [0, 16, 60, 90, 25 * 60, 3 * 24 * 60]
    expect(minutes.map((each) => silentText(since, since + each * 60_000).split(',')[0])).toEqual([
      'Silent for 1 minute',
      'Silent for 16 minutes',
      'Silent for 1 hour',
      'Silent for 1 hour',
      'Silent for 1 day',
      'Silent for 3 days',
    ])
    expect(silentText(since, since + 3_600_000)).toBe(
      'Silent for 1 hour, since 5 Jan 2026, 12:30: this is where it was then.',
    )
  })

  it('is said not to have reported only where all vehicles that have are known', () => {
    expect(SILENT_HORIZONS.map((each) => unseenWords(each, { status: 'complete' }))).toEqual([
      'Where this vehicle was last is not known: silent vehicles are not shown.',
      'This vehicle has not reported in the last hour.',
      'This vehicle has not reported in the last 24 hours.',
      'This vehicle has not reported in the last 7 days.',
      'No report of this vehicle is known.',
    ])
    expect([
      unseenWords('none', undefined),
      unseenWords('24h', undefined),
      unseenWords('24h', { status: 'asking' }),
      unseenWords('24h', { status: 'partial', reason: 'no projector runs' }),
      unseenWords('all', { status: 'unknown', reason: 'no finder answers' }),
    ]).toEqual([
      'Where this vehicle was last is not known: silent vehicles are not shown.',
      'Where this vehicle was last is not known.',
      'Asking where this vehicle was last.',
      'Where this vehicle was last is not known: no projector runs.',
      'Where this vehicle was last is not known: no finder answers.',
    ])
  })

  it('is shown as far back as people choose, by the name that links have', () => {
    expect(SILENT_HORIZONS.map((each) => [parseHorizon(each), keptMsOf(each), horizonWords(each)])).toEqual([
      ['none', 0, 'not shown'],
      ['1h', 3_600_000, 'up to 1 hour'],
      ['24h', 86_400_000, 'up to 24 hours'],
      ['7d', 604_800_000, 'up to 7 days'],
      ['all', Infinity, 'however long'],
    ])
    expect([parseHorizon('2h'), parseHorizon(undefined), parseHorizon(['1h'])]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
