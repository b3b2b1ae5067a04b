import { foldLatestFiles } from '../latest/fold-files.ts'
import { LATEST } from '../latest/latest.ts'
import { foldPresenceFiles } from '../presence/fold-files.ts'
import { PRESENCE } from '../presence/presence.ts'
import type { ProjectionKind } from '../table/projection-kind.ts'
import type { FoldDeps, Folded, FoldRequest } from './fold-deps.ts'

/** A projection: what its table is, and how files of the table of positions become partial rows of it. */
export interface Projection {
  readonly kind: ProjectionKind
  /** The columns by which rows are keyed, beside the vehicle; sorted. */
  readonly by: readonly string[]
  fold(request: FoldRequest, deps: FoldDeps): Promise<Folded>
}

export const PRESENCE_PROJECTION: Projection = { kind: PRESENCE, by: [], fold: foldPresenceFiles }

/** @param by the columns by which positions are keyed, beside the vehicle */
export const latestProjection = (by: readonly string[]): Projection => ({
  kind: LATEST,
  by: [...new Set(by)].toSorted(),
  fold: (request, deps) => foldLatestFiles(['vehicle_id', ...new Set(by)], request, deps),
})
