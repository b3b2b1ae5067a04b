import type { LiveFrame, LiveReports } from '../app/hub/live/live-frame.ts'
import type { FoundRows } from '@fleetlake/viewer-core'

/** Vehicles that drive about on a grid of streets, the same ones every time; each reports every five seconds. */
export interface SyntheticFleet {
  /** Reports of those whose turn it is, ten frames a second. */
  nextFrame(): LiveFrame
  /** So many reports of each vehicle, from `fromMs` on. */
  rows(reports: number, fromMs: number): FoundRows
}

export const INTERVAL_MS = 5000
const FRAME_MS = 100
/** Frames in which each vehicle reports once. */
export const FRAMES_PER_ROUND = INTERVAL_MS / FRAME_MS
export const TYPES: readonly string[] = ['car', 'taxi', 'van', 'truck', 'bus', 'ambulance', 'police', 'tram']

const CENTRE = { longitude: -56.17, latitude: -34.88 }
const SPREAD = 0.09
const STREET = 0.0012

/** A small generator of numbers in [0, 1), the same for the same seed. */
const createRandom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const frameWith = (reports: LiveReports, areFresh: boolean): LiveFrame => {
  const fresh = areFresh ? reports.vehicle : new Uint32Array(0)
  return {
    isWhole: false,
    reports,
    fresh: {
      vehicle: fresh,
      id: Array.from(fresh, (vehicle) => `v${vehicle}`),
      type: Uint16Array.from(fresh, (vehicle) => vehicle % TYPES.length),
    },
    gone: new Uint32Array(0),
    silent: new Uint32Array(0),
    types: TYPES,
    counters: {
      vehicles: 0,
      vehiclesByType: [],
      silent: 0,
      silentByType: [],
      inView: 0,
      eventsPerSecond: 0,
      lagMs: 0,
      silentMs: 0,
      events: 0,
      lateEvents: 0,
      pastEvents: 0,
      invalidEvents: 0,
    },
  }
}

/** Vehicles side by side at the centre, 0.001 degrees apart, one of each type, driving east. @param shift degrees that they have driven */
export const frameOf = ({
  vehicles,
  eventTime,
  shift,
}: {
  vehicles: number
  eventTime: number
  shift: number
}): LiveFrame =>
  frameWith(
    {
      length: vehicles,
      vehicle: Uint32Array.from({ length: vehicles }, (_, vehicle) => vehicle),
      eventTime: new Float64Array(vehicles).fill(eventTime),
      longitude: new Float64Array(vehicles).fill(CENTRE.longitude + shift),
      latitude: Float64Array.from({ length: vehicles }, (_, vehicle) => CENTRE.latitude + (vehicle - 2) * 0.001),
      speed: new Float32Array(vehicles).fill(10),
      heading: new Float32Array(vehicles).fill(90),
      glideMs: new Float32Array(vehicles).fill(INTERVAL_MS),
    },
    true,
  )

const STRETCH = 1 / Math.cos((CENTRE.latitude * Math.PI) / 180)
const METRE = 1 / 111_320

export const createSyntheticFleet = (vehicles: number, seed = 1): SyntheticFleet => {
  const random = createRandom(seed)
  const near = (): number => (random() + random() + random() - 1.5) * SPREAD
  const longitude = new Float64Array(vehicles)
  const latitude = new Float64Array(vehicles)
  const heading = new Float32Array(vehicles)
  const speed = new Float32Array(vehicles)
  for (let vehicle = 0; vehicle < vehicles; vehicle += 1) {
    const isAlong = random() < 0.5
    const across = (value: number): number => Math.round(value / STREET) * STREET
    const [x, y] = [near() * STRETCH, near()]
    longitude[vehicle] = CENTRE.longitude + (isAlong ? x : across(x))
    latitude[vehicle] = CENTRE.latitude + (isAlong ? across(y) : y)
    heading[vehicle] = (isAlong ? 90 : 0) + (random() < 0.5 ? 180 : 0)
    speed[vehicle] = random() < 0.15 ? 0 : 4 + random() * 14
  }

  /** Five seconds of driving; now and then it turns at a crossing. */
  const drive = (vehicle: number): void => {
    if (random() < 0.1) heading[vehicle] = (heading[vehicle] + (random() < 0.5 ? 90 : 270)) % 360
    const along = (heading[vehicle] * Math.PI) / 180
    const metres = speed[vehicle] * (INTERVAL_MS / 1000)
    longitude[vehicle] += Math.sin(along) * metres * METRE * STRETCH
    latitude[vehicle] += Math.cos(along) * metres * METRE
  }

  const perFrame = Math.ceil(vehicles / FRAMES_PER_ROUND)
  let next = 0
  let known = 0
  let clock = 0
  const nextFrame = (): LiveFrame => {
    clock += FRAME_MS
    const length = Math.min(perFrame, vehicles - next)
    const chosen = Uint32Array.from({ length }, (_, i) => next + i)
    const isFirst = next >= known
    if (!isFirst) for (const vehicle of chosen) drive(vehicle)
    const reports: LiveReports = {
      length,
      vehicle: chosen,
      eventTime: new Float64Array(length).fill(clock),
      longitude: longitude.slice(next, next + length),
      latitude: latitude.slice(next, next + length),
      speed: speed.slice(next, next + length),
      heading: heading.slice(next, next + length),
      glideMs: new Float32Array(length).fill(isFirst ? 0 : INTERVAL_MS),
    }
    if (isFirst) known += length
    next = next + length >= vehicles ? 0 : next + length
    return frameWith(reports, isFirst)
  }

  const rows = (reports: number, fromMs: number): FoundRows => {
    const length = vehicles * reports
    const found = {
      length,
      ids: Array.from({ length: vehicles }, (_, vehicle) => `v${vehicle}`),
      type: Uint16Array.from({ length: vehicles }, (_, vehicle) => vehicle % TYPES.length),
      types: TYPES,
      start: Uint32Array.from({ length: vehicles + 1 }, (_, vehicle) => vehicle * reports),
      measures: [],
      eventTime: new Float64Array(length),
      longitude: new Float64Array(length),
      latitude: new Float64Array(length),
      speed: new Float32Array(length),
      heading: new Float32Array(length),
    }
    for (let vehicle = 0; vehicle < vehicles; vehicle += 1) {
      const phase = Math.floor(random() * INTERVAL_MS)
      for (let i = 0; i < reports; i += 1) {
        const row = vehicle * reports + i
        found.eventTime[row] = fromMs + phase + i * INTERVAL_MS
        found.longitude[row] = longitude[vehicle]
        found.latitude[row] = latitude[vehicle]
        found.speed[row] = speed[vehicle]
        found.heading[row] = heading[vehicle]
        drive(vehicle)
      }
    }
    return found
  }

  return { nextFrame, rows }
}
