import { bytesOf, type Theme } from './palette.ts'

/** Faster than this has the same colour: 100 km/h. */
export const TOP_SPEED_MPS = 100 / 3.6

/** A segment has its speed as one of 255 steps; the last says that it is not known. */
export const UNKNOWN_SPEED = 255
const TOP_STEP = 254

/**
 * From standing to fast, one scale for each theme: lightness changes steadily, away from the map's own, so that the fastest stand
 * out most and the order is seen without any colour.
 */
export const SPEED_COLOURS: Readonly<Record<Theme, readonly string[]>> = {
  dark: ['#5a66d6', '#a261e0', '#e760b4', '#ff8083', '#fea878', '#fcce3d', '#f2ef63'],
  light: ['#5b97d3', '#6a78d4', '#8451c9', '#96259e', '#90145f', '#800529', '#650e12'],
}

/** @param speedMps NaN where it is not known */
export const speedStepOf = (speedMps: number): number =>
  Number.isNaN(speedMps)
    ? UNKNOWN_SPEED
    : Math.round((Math.min(Math.max(speedMps, 0), TOP_SPEED_MPS) / TOP_SPEED_MPS) * TOP_STEP)

/** Red, green, blue, 0 to 255, of a step below `UNKNOWN_SPEED`. */
export const colourOfStep = (step: number, theme: Theme): readonly [number, number, number] => {
  const stops = SPEED_COLOURS[theme]
  const at = (step / TOP_STEP) * (stops.length - 1)
  const lower = Math.min(Math.floor(at), stops.length - 2)
  const [from, to] = [bytesOf(stops[lower]), bytesOf(stops[lower + 1])]
  const mixed = (channel: 0 | 1 | 2): number => Math.round(from[channel] + (to[channel] - from[channel]) * (at - lower))
  return [mixed(0), mixed(1), mixed(2)]
}

/** For a legend: a CSS gradient from standing, left, to `TOP_SPEED_MPS`, right. */
export const speedGradient = (theme: Theme): string => `linear-gradient(to right, ${SPEED_COLOURS[theme].join(', ')})`
