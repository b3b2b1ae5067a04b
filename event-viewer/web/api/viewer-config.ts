import type { PartitionBy } from '@fleetlake/core'

/** The answer of `GET /api/config` to the page; no secret of any service is in it. */
export interface ViewerConfig {
  readonly version: string
  readonly hub: {
    /** Missing: the page's own host, at `port`. */
    readonly url: string | null
    readonly port: number
    readonly user: string | null
    readonly password: string | null
    /** Below it the page gets its answers. */
  }
  /** Whether this page may have vehicles generated. */
  readonly generation: boolean
  /** Whether this page may send files to be imported. */
  readonly imports: boolean
  /** The partitions that exist; null when the hub could not be asked. */
  readonly partitions: readonly number[] | null
  /** How far ahead of the hub's clock a report may be to be believed. */
  readonly futureToleranceMs: number
  readonly partitioning: { readonly by: PartitionBy; readonly geohashLength: number }
  readonly map: {
    /** A MapLibre style, or a PMTiles file, instead of the city pack's map; a path is one of this service. */
    readonly style: string | null
    readonly pmtiles: string | null
  }
  /** Null when this viewer has no city pack: the map is then empty but for what `map` says. */
  readonly city: {
    readonly name: string
    readonly attribution: string
    readonly bounds: readonly [west: number, south: number, east: number, north: number]
    /** GeoJSON at `/api/city/<layer>.geojson`. */
    readonly layers: readonly string[]
    readonly districts: readonly string[]
    readonly vehicleTypes: readonly string[]
  } | null
  readonly archive: { readonly windowMs: number }
}
