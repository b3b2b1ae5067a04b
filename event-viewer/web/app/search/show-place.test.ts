import { expect, test } from 'vitest'
import type { ViewBounds } from '../shell/view-bounds.ts'
import type { Where } from './request/search-request.ts'
import { showPlace } from './show-place.ts'

const HARBOUR: ViewBounds = [0, 1, 2, 3]
const AREAS: Where = { kind: 'areas', areas: ['Harbour'] }
const VIEW: Where = { kind: 'view', bounds: [4, 5, 6, 7] }

/** What the map was moved to, where the person leaves the search while areas are read, while the map comes, or never. */
const moved = async (where: Where, leave?: 'areas' | 'map'): Promise<ViewBounds[]> => {
  const bounds: ViewBounds[] = []
  let isStill = true
  let isRead = false
  const leaveAt = (at: 'areas' | 'map'): void => {
    if (leave === at) isStill = false
  }
  await showPlace(where, {
    readAreas: async () => {
      leaveAt('areas')
      isRead = true
    },
    whenReady: async () => leaveAt('map'),
    boundsOf: (of) => (of.kind === 'view' ? of.bounds : isRead ? HARBOUR : undefined),
    fitBounds: (to) => void bounds.push(to),
    isStill: () => isStill,
  })
  return bounds
}

test('the map is moved to where a search was once the areas are read and the map stands', async () => {
  expect([await moved(AREAS), await moved(VIEW), await moved({ kind: 'everywhere' })]).toEqual([
    [HARBOUR],
    [VIEW.bounds],
    [],
  ])
})

test('it stays where it is when the page shows another search by then, or another page', async () => {
  expect([await moved(AREAS, 'areas'), await moved(AREAS, 'map'), await moved(VIEW, 'map')]).toEqual([[], [], []])
})
