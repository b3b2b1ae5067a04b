import type { FoundRows } from '@fleetlake/viewer-core'
import type { LiveFrame } from '../hub/live/live-frame.ts'

export type SceneName = 'live' | 'replay' | 'none'

export type ColourBy = 'type' | 'speed'

/** Where a vehicle is drawn: degrees WGS84, and degrees clockwise from north, NaN where its heading is not known. */
export interface DrawnPlace {
  readonly longitude: number
  readonly latitude: number
  readonly heading: number
}

/** A drawn vehicle near a point of the screen. */
export interface Picked extends DrawnPlace {
  readonly scene: 'live' | 'replay'
  /** Live: the number of `LiveReports.vehicle`; replay: the index into `FoundRows.ids`. */
  readonly vehicle: number
  readonly distancePx: number
}

/** The fleet as it reports. Times are ms of `performance.now()`. */
export interface LiveScene {
  /** Each report starts a glide from where the vehicle is drawn now; a report that is not later than the vehicle's last is left out. */
  apply(frame: LiveFrame, nowMs: number): void
  /** Forgets every drawn vehicle and trail; ids and types from `LiveFrame.fresh` are kept. */
  clear(): void
  setColourBy(colourBy: ColourBy): void
  /** @param seconds how long a trail is kept; 0 for none. A trail begins when it is asked for. */
  setTrails(seconds: number): void
  /** @returns undefined for a vehicle that is not drawn */
  placeOf(vehicle: number, nowMs: number): DrawnPlace | undefined
  /** Vehicles that are drawn, in view or just beside. */
  count(): number
}

/** Rows that were found, at any instant of their period. Times are event times, ms since the epoch, UTC. */
export interface ReplayScene {
  /**
   * Takes the place of what was loaded before, with every vehicle visible unless they are the same rows; what was drawn stays until it is ready. It works in slices that leave the page
   * responsive. The rows are read as long as they are loaded: they must not be changed.
   * @param isJoined between which rows there is no gap, as `joinRows` gives it; taken from how often each vehicle reports when missing
   * @returns settles once the rows are drawn, or another load or `clear` has overtaken this one
   */
  load(found: FoundRows, isJoined?: Uint8Array): Promise<void>
  setTime(timeMs: number): void
  setColourBy(colourBy: ColourBy): void
  /** @param seconds of event time that a trail reaches back; 0 for none */
  setTrails(seconds: number): void
  /** @param vehicles indexes into `FoundRows.ids` that are drawn; undefined for all */
  setVisible(vehicles: Iterable<number> | undefined): void
  /** @returns undefined when the vehicle is in a gap, or hidden, at that time */
  placeOf(vehicle: number, timeMs: number): DrawnPlace | undefined
  clear(): void
}

/** The vehicles above the map: one of two scenes is shown, and the other keeps what it has. */
export interface VehicleLayer {
  show(scene: SceneName): void
  readonly live: LiveScene
  readonly replay: ReplayScene
  /**
   * The drawn vehicle of the shown scene that is nearest to a point, where it is drawn now.
   * @param point CSS pixels from the map's upper left corner, as in MapLibre's events
   */
  pick(point: { readonly x: number; readonly y: number }, radiusPx: number): Picked | undefined
  /** Rings a vehicle of the shown scene wherever it is drawn; each scene remembers its own. */
  highlight(vehicle: number | undefined): void
  /** In both scenes and whatever the theme: colours by name of type, `#rrggbb`, instead of those that `typePalette` gives. */
  setTypeColours(colours: Readonly<Record<string, string>>): void
  readonly canvas: HTMLCanvasElement
  /** Main-thread milliseconds of the last frames that were drawn, oldest first: all that the layer does in a frame. */
  frameStats(): { readonly jsMs: readonly number[] }
}
