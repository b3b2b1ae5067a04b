import type { ViewBounds } from '../../shell/view-bounds.ts'

/** What of the live reports the page wants. */
export interface LiveRequest {
  /** What is in view, with a margin; everything when missing. */
  readonly bounds?: ViewBounds
  /** What is in view without it, for the counter; `bounds` when missing. */
  readonly view?: ViewBounds
  /** Names of vehicle types; all when missing. */
  readonly types?: readonly string[]
  /** This vehicle is sent wherever it is: it is followed. */
  readonly follow?: string
  /** A vehicle that falls silent is kept where it was until its last report is this old, ms; 0, or when missing: it is forgotten. */
  readonly keptMs?: number
  /** The page has dropped what it was given: it is given everything in view again. */
  readonly isReset?: boolean
}

/** The newest report of each vehicle that reported since the last frame; columns, one row a vehicle. */
export interface LiveReports {
  readonly length: number
  /** The vehicle's number: dense from 0, given at its first report, never given again while the page is open. */
  readonly vehicle: Uint32Array
  /** ms since the epoch, UTC; strictly later than that of the row before of this vehicle */
  readonly eventTime: Float64Array
  readonly longitude: Float64Array
  readonly latitude: Float64Array
  /** m/s and degrees clockwise from north; NaN for none */
  readonly speed: Float32Array
  readonly heading: Float32Array
  /** Wall-clock ms between this report and the vehicle's last that the page was given: how long to glide; 0 when it comes into view, and after a gap. */
  readonly glideMs: Float32Array
}

/** What the page draws next. */
export interface LiveFrame {
  /**
   * Everything in view follows in this frame, and what is not in it is out of view: drop what was drawn. Only the first frame is so, and
   * the next after a request that says `isReset`; when the bounds or types change, a frame says which vehicles come and go.
   */
  readonly isWhole: boolean
  readonly reports: LiveReports
  /**
   * Vehicles that the page does not know yet, or that were gone, or have another type now: number, id, index into `types`; three
   * columns. Each has a report in this frame.
   */
  readonly fresh: { readonly vehicle: Uint32Array; readonly id: readonly string[]; readonly type: Uint16Array }
  /** Numbers of vehicles that are out of view now, or have been silent for so long that they are forgotten. */
  readonly gone: Uint32Array
  /** Numbers of vehicles of which the page knows, or learns by this frame, that are silent from now on: until a later report. */
  readonly silent: Uint32Array
  /** All vehicle types so far, in the order of their first report. */
  readonly types: readonly string[]
  readonly counters: LiveCounters
  /** The partitions that are listened to, when not all are: what the counters count comes from these only. */
  readonly partitions?: readonly number[]
  /** How well silent vehicles are known, when they are wanted. */
  readonly lastKnown?: LastKnown
  /** When they are others than in the frame before: the last values of the measures of the vehicle that is followed, as far as they were heard since then. */
  readonly followed?: FollowedMeasures
}

export interface FollowedMeasures {
  readonly id: string
  readonly measures: readonly LiveMeasure[]
}

/** The last value of a measure, and when it was reported. */
export interface LiveMeasure {
  readonly name: string
  readonly unit?: string
  readonly description?: string
  readonly value: string | number | boolean
  /** ms since the epoch, UTC */
  readonly timeMs: number
}

export interface LiveCounters {
  /** Vehicles that reported in the last 15 minutes, in all and by index of type. */
  readonly vehicles: number
  readonly vehiclesByType: readonly number[]
  /** Vehicles that are kept though they did not, in all and by index of type. */
  readonly silent: number
  readonly silentByType: readonly number[]
  /** Of those that reported and that the page is given; counted twice a second. */
  readonly inView: number
  /** Over the last three seconds, since producers send their reports in batches. */
  readonly eventsPerSecond: number
  /** How far the live reports of the last three seconds were behind when they came, their median by the hub's clock; null before the first. */
  readonly lagMs: number | null
  /** Since the last live report; null before the first. */
  readonly silentMs: number | null
  /** Reports since the page was opened, and of those the ones older than what their vehicle had reported already. */
  readonly events: number
  readonly lateEvents: number
  /** Of them those of the past, older than an hour: the archive has them, the map does not show them. */
  readonly pastEvents: number
  /** Reports that the archive refuses (not a number, off the globe, ahead of the hub's clock) and messages that can't be read. */
  readonly invalidEvents: number
}

/** The last report of one vehicle. */
export interface LiveVehicle {
  readonly vehicle: number
  readonly id: string
  readonly type: string
  readonly eventTime: number
  readonly longitude: number
  readonly latitude: number
  readonly speed: number
  readonly heading: number
  /** It has not reported in the last 15 minutes: this is where it was. */
  readonly isSilent: boolean
}

/** How well the last positions are known of vehicles that have not reported since the page was opened. */
export interface LastKnown {
  readonly status: 'asking' | 'complete' | 'partial' | 'unknown'
  /** Why it is not complete, for people. */
  readonly reason?: string
}
