/** What `GET /api/searches` tells of a search or an export; what does not apply is missing. Times are RFC 3339 UTC. */
export interface KnownSearch {
  readonly kind: 'search' | 'export' | 'unreadable'
  /** When the hub stored it. */
  readonly at: string
  /** `anyone` where no login is needed. */
  readonly person: string
  readonly query?: string | undefined
  /** GeoJSON; missing when it was too long to be kept. */
  readonly area?: unknown
  readonly bounds?:
    | { readonly west: number; readonly south: number; readonly east: number; readonly north: number }
    | undefined
  /** Positions of the area. */
  readonly corners?: number | undefined
  /** The period that was searched, `[from, to)`. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** The first of those that were asked for, and how many there were; 0: any. */
  readonly vehicleTypes?: readonly string[] | undefined
  readonly types?: number | undefined
  readonly vehicleIds?: readonly string[] | undefined
  readonly ids?: number | undefined
  readonly select?: readonly string[] | undefined
  readonly where?: string | undefined
  readonly limit?: number | undefined
  /** Areas of the registry that it named, as they were then. */
  readonly areas?: readonly { readonly id: string; readonly name: string; readonly version: number }[] | undefined
  /** Whether more was searched than these areas, around them. */
  readonly isAround?: boolean | undefined
  /** Missing while it runs, and where its finder could not say any more. */
  readonly status?: string | undefined
  /** Found, or exported where that is known. */
  readonly rows?: number | undefined
  readonly elapsedMs?: number | undefined
  /** How often it was exported. */
  readonly exports?: number | undefined
  readonly format?: string | undefined
  readonly reason?: string | undefined
}

/** The answer of `GET /api/searches?from=&to=&person=&limit=`, the newest first. */
export interface KnownSearches {
  readonly searches: readonly KnownSearch[]
  /** Whether there are more than the limit. */
  readonly isMore: boolean
  /** What is missing, for people. */
  readonly note?: string
}
