import { printableInLine } from '@fleetlake/core'
import {
  gapLengthText,
  gapsFacts,
  humanCount,
  humanDuration,
  humanTime,
  plural,
  type LastValue,
  type Stop,
  type TrackMeasures,
} from '@fleetlake/viewer-core'
import { renderTable } from '../terminal/render-table.ts'

const KMH = 3.6

const place = ({ longitude, latitude }: { longitude: number; latitude: number }): string => `${longitude}, ${latitude}`

/** What is not known. */
const UNKNOWN = '–'

const distance = (meters: number): string => {
  if (Number.isNaN(meters)) return UNKNOWN
  return meters < 1000 ? `${Math.round(meters)} m` : `${(meters / 1000).toFixed(meters < 100_000 ? 1 : 0)} km`
}

/** More stops than these are counted. */
const SHOWN_STOPS = 50

const stopLines = (stops: readonly Stop[]): string[] => {
  if (stops.length === 0) return []
  const rows = stops
    .slice(0, SHOWN_STOPS)
    .map((stop) => [humanTime(stop.fromMs), humanDuration(stop.toMs - stop.fromMs), place(stop)])
  const more = stops.length - rows.length
  return [
    '',
    ...renderTable([['stop since', 'for', 'longitude, latitude'], ...rows]),
    ...(more === 0 ? [] : [`and ${plural(more, 'more stop')}`]),
  ]
}

const gapsOf = ({ gaps, used }: TrackMeasures): string => {
  if (gaps === 0) return 'without a gap'
  return `with ${plural(gaps, 'gap')} of more than ${gapLengthText(used)}, which count for nothing below`
}

/** `temperature, °C`. */
const nameOf = ({ spec: { name, unit } }: LastValue): string => (unit === undefined ? name : `${name}, ${unit}`)

/** Of a text more is left out. */
const SHOWN_LETTERS = 80

const valueOf = ({ value }: LastValue): string => {
  const text = printableInLine(String(value))
  return text.length <= SHOWN_LETTERS ? text : `${text.slice(0, SHOWN_LETTERS - 2)} …`
}

const valueLines = (values: readonly LastValue[]): string[] => {
  if (values.length === 0) return []
  const rows = values.map((value) => [nameOf(value), valueOf(value), humanTime(value.timeMs)])
  return ['', ...renderTable([['measure', 'last value', 'reported'], ...rows])]
}

/** What `fleet track` shows to people, in lines; of reports with nothing but gaps between them distance, speed and stops are not known. */
export const renderTrack = (vehicleId: string, track: TrackMeasures): string[] => {
  const { vehicleTypes, reports, first, last, distanceM, seenMs, maxSpeedMps, stops, lastValues } = track
  const isKnown = !Number.isNaN(distanceM)
  const meanKmh = seenMs === 0 ? undefined : (distanceM / (seenMs / 1000)) * KMH
  const stoppedMs = stops.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
  return [
    printableInLine(`${vehicleId} · ${vehicleTypes.join(', ')}`),
    ...renderTable([
      ['first seen', humanTime(first.timeMs), place(first)],
      ['last seen', humanTime(last.timeMs), place(last)],
      ['reports', humanCount(reports), gapsOf(track)],
      ['distance', distance(distanceM), isKnown ? `in ${humanDuration(seenMs)}` : ''],
      [
        'speed',
        meanKmh === undefined ? UNKNOWN : `${meanKmh.toFixed(1)} km/h`,
        Number.isNaN(maxSpeedMps) ? 'on average' : `on average, ${(maxSpeedMps * KMH).toFixed(1)} km/h at most`,
      ],
      [
        'stops',
        isKnown ? humanCount(stops.length) : UNKNOWN,
        stops.length === 0 ? '' : `${humanDuration(stoppedMs)} in all`,
      ],
    ]),
    ...valueLines(lastValues),
    ...stopLines(stops),
  ]
}

const factsOf = ({ spec: { name, unit }, value, timeMs }: LastValue): object => ({
  name,
  value,
  ...(unit === undefined ? {} : { unit }),
  time: new Date(timeMs).toISOString(),
})

/** The same for machines; durations in ms, distances in metres, speeds in m/s; null for what is not known. */
export const trackFacts = (vehicleId: string, track: TrackMeasures | undefined): object => {
  if (track === undefined) return { vehicleId, reports: 0 }
  const at = ({ timeMs, longitude, latitude }: TrackMeasures['first']): object => ({
    time: new Date(timeMs).toISOString(),
    longitude,
    latitude,
  })
  return {
    vehicleId,
    vehicleTypes: track.vehicleTypes,
    reports: track.reports,
    first: at(track.first),
    last: at(track.last),
    distanceM: Number.isNaN(track.distanceM) ? null : Math.round(track.distanceM * 10) / 10,
    seenMs: track.seenMs,
    gaps: track.gaps,
    gap: gapsFacts(track.used),
    maxSpeedMps: Number.isNaN(track.maxSpeedMps) ? null : track.maxSpeedMps,
    ...(track.lastValues.length === 0 ? {} : { measures: track.lastValues.map(factsOf) }),
    stops: track.stops.map(({ fromMs, toMs, longitude, latitude }) => ({
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      longitude,
      latitude,
    })),
  }
}
