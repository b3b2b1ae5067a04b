import type { LiveScene, ReplayScene } from '../app/vehicles/scene.ts'
import { createSyntheticFleet, FRAMES_PER_ROUND, INTERVAL_MS } from './synthetic-fleet.ts'
import type { FoundRows } from '@fleetlake/viewer-core'

/** What is measured: the layer, or the same done with ParticleContainer. */
export interface Measurable {
  readonly live: Pick<LiveScene, 'apply'>
  readonly replay: Pick<ReplayScene, 'load' | 'setTime'>
  show(scene: 'live' | 'replay'): void
  frameStats(): { readonly jsMs: readonly number[] }
}

export interface Measured {
  readonly frames: number
  readonly medianMs: number
  readonly p95Ms: number
}

const WARM_UP_FRAMES = 10
const FRAMES = 120

const nextFrame = (): Promise<unknown> => new Promise(requestAnimationFrame)

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]

const summary = (values: readonly number[]): Measured => ({
  frames: values.length,
  medianMs: quantile(values, 0.5),
  p95Ms: quantile(values, 0.95),
})

/** Draws until there are enough frames or the time is over; without a graphics processor a frame may take a second. */
const drawFrames = async (of: Measurable, maxSeconds: number, advance: () => void): Promise<Measured> => {
  for (let frame = 0; frame < WARM_UP_FRAMES; frame += 1) {
    advance()
    await nextFrame()
  }
  const drawn: number[] = []
  const until = performance.now() + maxSeconds * 1000
  while (drawn.length < FRAMES && performance.now() < until) {
    advance()
    await nextFrame()
    drawn.push(of.frameStats().jsMs.at(-1) ?? 0)
  }
  return summary(drawn)
}

/**
 * Every vehicle reports once, and then all glide; every frame that is drawn takes in a fiftieth of the fleet's reports. In use only
 * every sixth does (ten a second), so the figure is the worst frame there is, not the average.
 */
export const measureLive = async (
  of: Measurable,
  { vehicles, maxSeconds }: { readonly vehicles: number; readonly maxSeconds: number },
): Promise<Measured> => {
  const fleet = createSyntheticFleet(vehicles)
  of.show('live')
  for (let frame = 0; frame < FRAMES_PER_ROUND; frame += 1) of.live.apply(fleet.nextFrame(), performance.now())
  return drawFrames(of, maxSeconds, () => of.live.apply(fleet.nextFrame(), performance.now()))
}

const FROM_MS = Date.UTC(2026, 0, 1)

export interface Loaded {
  readonly rows: number
  readonly loadMs: number
  /** The longest that the page could not answer. */
  readonly longestTaskMs: number
}

/** Builds what a replay needs, as the page does: in slices. */
export const measureLoad = async (of: Measurable, found: FoundRows): Promise<Loaded> => {
  let longestTaskMs = 0
  let last = performance.now()
  const watch = setInterval(() => {
    longestTaskMs = Math.max(longestTaskMs, performance.now() - last)
    last = performance.now()
  }, 1)
  const before = performance.now()
  await of.replay.load(found)
  const loadMs = performance.now() - before
  longestTaskMs = Math.max(longestTaskMs, performance.now() - last)
  clearInterval(watch)
  return { rows: found.length, loadMs, longestTaskMs }
}

export interface ReplayRun {
  readonly vehicles: number
  /** Of each vehicle. */
  readonly reports: number
  /** Times as fast as it was. */
  readonly speed: number
  readonly maxSeconds: number
}

/** Plays them again and again. */
export const measureReplay = async (
  of: Measurable,
  { vehicles, reports, speed, maxSeconds }: ReplayRun,
): Promise<Loaded & Measured> => {
  const loaded = await measureLoad(of, createSyntheticFleet(vehicles).rows(reports, FROM_MS))
  of.show('replay')
  const begun = performance.now()
  const lengthMs = (reports - 1) * INTERVAL_MS
  const played = await drawFrames(of, maxSeconds, () => {
    of.replay.setTime(FROM_MS + INTERVAL_MS + (((performance.now() - begun) * speed) % (lengthMs - INTERVAL_MS)))
  })
  return { ...loaded, ...played }
}

/** From the call that sets another time to the end of the drawing of it; each to a page that was never drawn before, if there is one. */
export const measureSeeks = async (
  of: Measurable & { drawNow(): void },
  reports: number,
): Promise<{ readonly medianMs: number; readonly maxMs: number }> => {
  const lengthMs = (reports - 1) * INTERVAL_MS
  const times: number[] = []
  for (let seek = 0; seek < 30; seek += 1) {
    const before = performance.now()
    of.replay.setTime(FROM_MS + ((seek * 37) % 101) * (lengthMs / 101))
    of.drawNow()
    times.push(performance.now() - before)
    await nextFrame()
    await nextFrame()
  }
  return { medianMs: quantile(times, 0.5), maxMs: Math.max(...times) }
}
