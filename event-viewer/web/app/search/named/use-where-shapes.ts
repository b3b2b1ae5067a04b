import { boxArea } from '@fleetlake/viewer-core'
import { findAreas, polygonsOf } from '../../areas/find-areas.ts'
import { useAreas } from '../../areas/use-areas.ts'
import type { Shape, Where } from '../request/search-request.ts'

/** What of a search's place is drawn on the map: areas that are named as they are now. */
export const useWhereShapes = (): ((where: Where) => readonly Shape[]) => {
  const { areas } = useAreas()
  return (where) => {
    switch (where.kind) {
      case 'shapes':
        return where.shapes
      case 'areas':
        return findAreas(areas.value ?? [], where.areas).found.flatMap(polygonsOf)
      case 'view':
        return boxArea(...where.bounds).coordinates
      case 'everywhere':
        return []
    }
  }
}
