import type { ViewBounds } from '../../shell/view-bounds.ts'
import { cellOf, partitionOfCell, toMicroDegrees } from '@fleetlake/core'
import type { LiveRequest } from './live-frame.ts'
import type { HubSettings } from '../hub-thread.ts'

/** More cells than these for each partition, and nearly every partition is in view. */
const CELLS_PER_PARTITION = 4
/** Places are rounded to so much before their cell is decided. */
const ROUNDING_DEGREES = 1e-6

/**
 * The partitions whose reports the page needs. Invariant: may name a partition that has none in view, and never leaves out one that has.
 * @returns undefined for all: the view holds many cells, a vehicle is followed wherever it drives, or it is not the cell that decides
 */
export const partitionsInView = (
  { bounds, follow }: LiveRequest,
  { partitions, partitioning }: Pick<HubSettings, 'partitions' | 'partitioning'>,
): number[] | undefined => {
  if (bounds === undefined || follow !== undefined || partitions === null || partitioning.by !== 'cell')
    return undefined
  const cells = cellsWithin(bounds, partitioning.geohashLength, partitions.length * CELLS_PER_PARTITION)
  if (cells === undefined) return undefined
  const found = new Set(cells.map((cell) => partitions[partitionOfCell(cell, partitions.length)]))
  return found.size === partitions.length ? undefined : [...found].toSorted((a, b) => a - b)
}

/** @returns undefined when there are more than `max` */
const cellsWithin = (bounds: ViewBounds, length: number, max: number): number[] | undefined => {
  const [west, south, east, north] = bounds
  const width = 360 / 2 ** Math.ceil((5 * length) / 2)
  const height = 180 / 2 ** Math.floor((5 * length) / 2)
  // A view across the antimeridian may end in the west of its beginning.
  const span = (east < west ? east + 360 : east) - west
  if (!(span >= 0 && span < 360 && north >= south)) return undefined
  const columns = stepsBetween(west, west + span, width)
  const rows = stepsBetween(Math.max(south, -90), Math.min(north, 90), height)
  if (columns.length * rows.length > max) return undefined
  const cells = columns.flatMap((longitude) =>
    rows.map((latitude) => cellOf(toMicroDegrees(onGlobe(longitude)), toMicroDegrees(latitude), length)),
  )
  return [...new Set(cells)]
}

/** A place in each step of the globe's grid that an interval touches. */
const stepsBetween = (from: number, to: number, step: number): number[] => {
  const first = Math.floor((from - ROUNDING_DEGREES) / step)
  const last = Math.floor((to + ROUNDING_DEGREES) / step)
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i + 0.5) * step)
}

/** A map that is dragged around the globe counts its longitudes on. */
const onGlobe = (longitude: number): number => longitude - 360 * Math.floor((longitude + 180) / 360)
