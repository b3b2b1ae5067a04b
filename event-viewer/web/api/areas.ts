/** An area of the registry, as `GET /api/areas` tells it to everybody: not who changed it. */
export interface KnownArea {
  readonly id: string
  readonly version: number
  readonly name: string
  /** GeoJSON */
  readonly geometry:
    | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly (readonly [number, number])[])[] }
    | {
        readonly type: 'MultiPolygon'
        readonly coordinates: readonly (readonly (readonly (readonly [number, number])[])[])[]
      }
  readonly description?: string | undefined
  readonly colour?: string | undefined
  /** Event time from which on the polygon holds; always when missing. */
  readonly validFrom?: string | undefined
}

/** The answer of `GET /api/areas`, by name. `POST /api/areas`, `PATCH` and `DELETE /api/areas/<id>` answer one area. */
export interface KnownAreas {
  readonly areas: readonly KnownArea[]
}

/** What `POST /api/areas` takes: GeoJSON that a search takes as its area. */
export interface NewArea {
  readonly name: string
  readonly geometry: unknown
}

/** What `PATCH /api/areas/<id>` takes; `version` is the one that the person has seen, so that no one's change is undone unseen. */
export interface AreaChange {
  readonly version: number
  readonly name?: string
  readonly geometry?: unknown
}
