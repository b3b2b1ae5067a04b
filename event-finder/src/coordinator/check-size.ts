import { countPositions, FleetError } from '@fleetlake/core'

/**
 * Refuses an area before anything is made of it: what each of its positions costs, it costs for every chunk and every row.
 * @throws FleetError `query.invalid`
 */
export const checkSize = (area: unknown, maxVertices: number): void => {
  const vertices = countPositions(area)
  if (vertices <= maxVertices) return
  throw new FleetError(
    'query.invalid',
    `the area has ${vertices} positions, and a search may have ${maxVertices} (finder.maxVertices): simplify it, or cut it into several searches`,
  )
}
