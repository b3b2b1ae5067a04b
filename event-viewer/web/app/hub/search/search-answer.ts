import type { MeasureColumn } from '@fleetlake/columnar'
import type { VehicleOutcome } from '@fleetlake/hub/browser'
import type { FoundRows, JoinedRows } from '@fleetlake/viewer-core'

/** Rows that the page holds and draws without trouble. */
export const MAX_LIMIT = 5_000_000

/** A search as it is asked; times are RFC 3339 UTC, `[from, to)`. */
export interface SearchInput {
  /** GeoJSON Polygon or MultiPolygon; the whole globe when missing. */
  readonly area?: unknown
  /** Names or ids of areas, in place of `area`. */
  readonly areas?: string[]
  readonly from: string
  readonly to: string
  readonly vehicleTypes?: string[]
  readonly vehicleIds?: string[]
  /** Names of measures that the answer has; `['*']`: all. */
  readonly select?: string[]
  /** A filter of rows. */
  readonly where?: string
  readonly limit: number
  readonly timeoutMs: number
}

export interface SearchProgress {
  readonly tasks: { readonly total: number; readonly done: number }
  readonly rows: { readonly total: number; readonly read: number; readonly selected: number }
  /** Rows that are here already. */
  readonly received: number
  readonly elapsedMs: number
}

/** One line of the results for each vehicle; columns by index of `FoundRows.ids`. */
export interface VehicleSummaries {
  readonly firstSeen: Float64Array
  readonly lastSeen: Float64Array
  readonly points: Uint32Array
  /** Metres along the reports; a gap counts for nothing. NaN for not known, where no two reports are without a gap between them. */
  readonly distance: Float64Array
  /** ms between reports inside the area; likewise. */
  readonly timeInside: Float64Array
}

export interface SearchAnswer {
  /** The id of the query. */
  readonly query: string
  readonly input: SearchInput
  readonly outcome: VehicleOutcome
  readonly found: FoundRows
  /** Between which rows there is no gap, and what adds up then, where what is a gap is taken from how often each vehicle reports. */
  readonly joined: JoinedRows
  readonly summaries: VehicleSummaries
  /** The last value of each measure of a vehicle, by index of `FoundRows.ids`. */
  readonly lastMeasures: readonly MeasureColumn[]
}
