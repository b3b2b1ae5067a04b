import type { ViewBounds } from '../../shell/view-bounds.ts'

/** Closed; degrees, rounded like positions to 1e-6. */
export type Ring = readonly (readonly [longitude: number, latitude: number])[]

/** One drawn area: its outline, then its holes. */
export type Shape = readonly Ring[]

/** A place is always chosen: nothing stands for everywhere but `everywhere`. */
export type Where =
  | { readonly kind: 'shapes'; readonly shapes: readonly Shape[] }
  /** Names or ids of areas of the registry: finders know their polygons. */
  | { readonly kind: 'areas'; readonly areas: readonly string[] }
  | { readonly kind: 'view'; readonly bounds: ViewBounds }
  | { readonly kind: 'everywhere' }

/** What a period that moves ends with: the clock, or the newest event of the archive. */
export type Until = 'now' | 'newest'

export type When =
  /** ms since the epoch, `[from, to)` */
  | { readonly kind: 'exact'; readonly from: number; readonly to: number }
  | { readonly kind: 'last'; readonly ms: number; readonly until: Until }
  /** Days of the viewer's local zone. */
  | { readonly kind: 'today' | 'yesterday' }
  | { readonly kind: 'all' }

/** A search as a person means it and as the page's address holds it. */
export interface SearchRequest {
  readonly where: Where
  readonly when: When
  /** Any when empty. */
  readonly types: readonly string[]
  readonly ids: readonly string[]
  /** Names of the measures that the answer has; `*` for all that the table has. */
  readonly select: readonly string[]
  /** A filter as finders read it; none when empty. */
  readonly filter: string
  /** Rows at most. */
  readonly limit: number
  readonly timeoutMs: number
}

export const DEFAULT_LIMIT = 2_000_000
/** These are what the query's definition says, which would come to the page with all other messages: a test compares. */
export const DEFAULT_TIMEOUT_MS = 60_000
export const MAX_TIMEOUT_MS = 3_600_000
export const MAX_IDS = 100_000
export const MAX_TYPES = 1_000
export const MAX_SELECTED = 64
/** Areas that a search may name. */
export const MAX_NAMED_AREAS = 64
/** Characters of a filter. */
export const MAX_FILTER_LENGTH = 4_096
/** Of an id or a type. */
export const MAX_TEXT_LENGTH = 256
