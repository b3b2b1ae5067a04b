import { type Area, cellOf, partitionOfCell, placeOfCell } from '@fleetlake/core'

/** Among this number of cells, as a rule, each partition has one. */
const MOST_CELLS = 65_536

const gridOf = (length: number): { readonly width: number; readonly height: number } => ({
  width: 360e6 / 2 ** Math.ceil((5 * length) / 2),
  height: 180e6 / 2 ** Math.floor((5 * length) / 2),
})

/**
 * The partitions that rows of an area may be in, where rows are spread by their cells. Invariant: may name one that holds none, and never leaves one out; all
 * when the area has more cells than are worth looking at.
 */
export const partitionsOfArea = (area: Area, count: number, length: number): ReadonlySet<number> => {
  const { width, height } = gridOf(length)
  const { west, south, east, north } = area.bounds
  const found = new Set<number>()
  const [firstColumn, lastColumn] = [Math.floor((west + 180e6) / width), Math.floor((east + 180e6) / width)]
  const [firstRow, lastRow] = [Math.floor((south + 90e6) / height), Math.floor((north + 90e6) / height)]
  let looks = 0
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      if (found.size === count) return found
      if (++looks > MOST_CELLS) return new Set(Array.from({ length: count }, (_, partition) => partition))
      const cell = cellOf((column + 0.5) * width - 180e6, (row + 0.5) * height - 90e6, length)
      const partition = partitionOfCell(cell, count)
      if (!found.has(partition) && placeOfCell(area, cell, length) !== 'outside') found.add(partition)
    }
  }
  return found
}
