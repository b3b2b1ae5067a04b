import { foldLatestFiles } from '../latest/fold-files.ts'
import { goneRowsOf } from '../latest/gone-rows.ts'
import { LATEST } from '../latest/latest.ts'
import { foldPresenceFiles } from '../presence/fold-files.ts'
import { PRESENCE } from '../presence/presence.ts'
import type { Batch } from '../table/batch.ts'
import type { ProjectionKind } from '../table/projection-kind.ts'
import type { FoldDeps, Folded, FoldRequest } from './fold-deps.ts'

/** A projection: what its table is, and how files of the table of positions become partial rows of it. */
export interface Projection {
  readonly kind: ProjectionKind
  /** The columns by which rows are keyed, beside the vehicle; sorted. */
  readonly by: readonly string[]
  fold(request: FoldRequest, deps: FoldDeps): Promise<Folded>
  /** Those of its rows that it goes on to have when the archive has nothing of their dates any more; none when missing. */
  goneRows?(rows: Batch, isGone: (date: string) => boolean): Batch
}

export const PRESENCE_PROJECTION: Projection = { kind: PRESENCE, by: [], fold: foldPresenceFiles }

/** @param by the columns by which positions are keyed, beside the vehicle */
export const latestProjection = (by: readonly string[]): Projection => {
  const bys = ['vehicle_id', ...new Set(by)]
  return {
    kind: LATEST,
    by: bys.slice(1).toSorted(),
    fold: (request, deps) => foldLatestFiles(bys, request, deps),
    goneRows: (rows, isGone) => goneRowsOf(rows, bys, isGone),
  }
}
