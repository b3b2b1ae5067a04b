/** How big and how strong vehicles are drawn, CSS pixels. */
export interface MarkerLook {
  /** Of a dot. */
  readonly radius: number
  /** Half the length of an arrowhead. */
  readonly arrow: number
  /** 0: dots, 1: arrowheads; in between, one grows out of the other. */
  readonly morph: number
  readonly outline: number
  readonly alpha: number
  readonly trailWidth: number
  readonly trailAlpha: number
}

/** Below, a fleet is dots that mingle; above, each vehicle is a dot; from `ARROWS_ZOOM` on, one that points somewhere. */
const MINGLE_ZOOM = 11
const EACH_ZOOM = 14
const ARROWS_ZOOM = 14.5

/** A fleet of this size has dots of the usual size and no transparency; a bigger one has smaller and fainter, down to these. */
const USUAL_FLEET = 2000
const LEAST_SIZE = 0.5
const MOST_SIZE = 1.5
const LEAST_ALPHA = 0.35

const ramp = (value: number, from: number, to: number): number => Math.min(1, Math.max(0, (value - from) / (to - from)))

/**
 * Density stays legible because what covers a pixel is dots × area × alpha: the more vehicles, the smaller and the fainter. Alpha and not
 * addition of light: that turns a crowd white on dark, and shows nothing on light.
 * @param vehicles that are drawn, in view or just beside
 */
export const markerLook = (zoom: number, vehicles: number): MarkerLook => {
  const each = ramp(zoom, MINGLE_ZOOM, EACH_ZOOM)
  const crowding = (USUAL_FLEET / Math.max(vehicles, 1)) ** 0.25
  const mingled = Math.min(MOST_SIZE, Math.max(LEAST_SIZE, crowding))
  const faint = Math.max(LEAST_ALPHA, Math.min(1, crowding * 0.95))
  const near = ramp(zoom, ARROWS_ZOOM, 18)
  return {
    radius: (1.6 + 0.6 * ramp(zoom, 8, MINGLE_ZOOM) + 1.8 * each) * (mingled + (1 - mingled) * each),
    arrow: 8 + 6 * near,
    morph: ramp(zoom, ARROWS_ZOOM - 0.4, ARROWS_ZOOM + 0.1),
    outline: 0.25 + 1.25 * ramp(zoom, 12, ARROWS_ZOOM) - 0.25 * (1 - each),
    alpha: faint + (1 - faint) * ramp(zoom, MINGLE_ZOOM, 13.5),
    trailWidth: 1.2 + 1.6 * ramp(zoom, MINGLE_ZOOM, 16),
    trailAlpha: 0.25 + 0.45 * ramp(zoom, MINGLE_ZOOM, EACH_ZOOM),
  }
}
