import type { TrackMeasures } from '@fleetlake/viewer-core'
import { expect, test } from 'vitest'
import { renderTrack, trackFacts } from './render-track.ts'

const place = { timeMs: Date.UTC(2026, 0, 5, 8), longitude: 10, latitude: 0.5 }
const track: TrackMeasures = {
  vehicleTypes: ['van'],
  reports: 2,
  first: place,
  last: place,
  distanceM: 0,
  seenMs: 60_000,
  gaps: 0,
  used: { rule: 'automatic', fromMs: 60_000, toMs: 60_000 },
  maxSpeedMps: NaN,
  stops: [],
  lastValues: [
    { spec: { name: 'temperature', type: 'double', unit: '°C' }, value: -4.5, timeMs: place.timeMs },
    { spec: { name: 'ignition', type: 'boolean' }, value: false, timeMs: place.timeMs + 60_000 },
    { spec: { name: 'state', type: 'string' }, value: `\u001b[2J${'x'.repeat(200)}`, timeMs: place.timeMs },
  ],
}

test('measures are told with their units and when they were reported, as a terminal may show them', () => {
  const lines = renderTrack('v-1', track)
  const from = lines.findIndex((line) => line.startsWith('measure '))
  const words = lines.slice(from, from + 4).map((line) => line.split(/ {2,}/))
  expect(words.map(([name]) => name)).toEqual(['measure', 'temperature, °C', 'ignition', 'state'])
  expect(words[1].slice(1)).toEqual(['-4.5', expect.stringContaining('2026-01-05')])
  expect(words[3][1]).toMatch(/^\\u001b\[2Jx+ …$/)
  expect(lines.join('\n')).not.toContain('\u001b')
})

test('a track without measures tells of none, and machines get values as they are', () => {
  const without: TrackMeasures = { ...track, lastValues: [] }
  expect(renderTrack('v-1', without).join('\n')).not.toContain('measure')
  expect(trackFacts('v-1', without)).not.toHaveProperty('measures')
  expect(trackFacts('v-1', track)).toMatchObject({
    measures: [
      { name: 'temperature', value: -4.5, unit: '°C', time: '2026-01-05T08:00:00.000Z' },
      { name: 'ignition', value: false, time: '2026-01-05T08:01:00.000Z' },
      { name: 'state', value: `\u001b[2J${'x'.repeat(200)}`, time: '2026-01-05T08:00:00.000Z' },
    ],
  })
})
