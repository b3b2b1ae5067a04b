import type { ViewBounds } from '../shell/view-bounds.ts'
import type { Where } from './request/search-request.ts'

export interface ShowPlaceDeps {
  readonly readAreas: () => Promise<unknown>
  /** The map stands. */
  readonly whenReady: () => Promise<unknown>
  readonly boundsOf: (where: Where) => ViewBounds | undefined
  readonly fitBounds: (bounds: ViewBounds) => void
  /** The page still shows the search. */
  readonly isStill: () => boolean
}

/** Moves the map to where a search was. Invariant: it is moved only while the page shows that search: meanwhile a person may have gone elsewhere. */
export const showPlace = async (where: Where, deps: ShowPlaceDeps): Promise<void> => {
  const { readAreas, whenReady, boundsOf, fitBounds, isStill } = deps
  if (where.kind === 'areas') await readAreas()
  const around = boundsOf(where)
  if (around === undefined) return
  await whenReady()
  if (isStill()) fitBounds(around)
}
