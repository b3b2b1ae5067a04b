import type { VehicleOutcome } from '@fleetlake/hub/browser'

/** A search as it is asked; times are RFC 3339 UTC, `[from, to)`. */
export interface SearchInput {
  /** GeoJSON Polygon or MultiPolygon; the whole globe when missing. */
  readonly area?: unknown
  readonly from: string
  readonly to: string
  readonly vehicleTypes?: string[]
  readonly vehicleIds?: string[]
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

/**
 * Rows that were found: columns, sorted by vehicle and then by time; `start` says where each vehicle's rows are. Rows that are equal
 * (doubles) are there as often as they came.
 */
export interface FoundRows {
  readonly length: number
  /** Of each vehicle, sorted as JavaScript sorts texts. */
  readonly ids: readonly string[]
  /** Index into `types` of each vehicle, of its first row. */
  readonly type: Uint16Array
  /** Sorted by name. */
  readonly types: readonly string[]
  /** Index into `types` of each row; only where some vehicle's rows are not all of one type. */
  readonly rowType?: Uint16Array
  /** Rows of vehicle v: `[start[v], start[v + 1])`; one longer than `ids`. */
  readonly start: Uint32Array
  /** ms since the epoch, UTC; ascending within a vehicle */
  readonly eventTime: Float64Array
  readonly longitude: Float64Array
  readonly latitude: Float64Array
  /** m/s and degrees clockwise from north; NaN for none */
  readonly speed: Float32Array
  readonly heading: Float32Array
}

/** One line of the results for each vehicle; columns by index of `FoundRows.ids`. */
export interface VehicleSummaries {
  readonly firstSeen: Float64Array
  readonly lastSeen: Float64Array
  readonly points: Uint32Array
  /** Metres along the reports; a gap counts for nothing. */
  readonly distance: Float64Array
  /** ms between reports inside the area; a gap counts for nothing. */
  readonly timeInside: Float64Array
}

export interface SearchAnswer {
  readonly input: SearchInput
  readonly outcome: VehicleOutcome
  readonly found: FoundRows
  readonly summaries: VehicleSummaries
}

/** Two reports of a vehicle further apart than this are a gap: it is not said where the vehicle was in between. */
export const GAP_MS = 60_000
