import type { FoundRows } from '@fleetlake/viewer-core'
import { ledHeading } from '../geometry/heading.ts'
import { ringX, ringY } from '../geometry/mercator-ring.ts'

/**
 * Degrees at both ends of the stretch from a row of a vehicle to its next, NaN for none; where reports have no heading it is where
 * the stretch leads, and at a last row (`next` is the row itself) where the one before led.
 */
export const headingsOf = (
  found: FoundRows,
  vehicle: number,
  row: number,
  next: number,
): readonly [atStart: number, atEnd: number] => {
  const [from, to] = [found.heading[row], found.heading[next]]
  if (!Number.isNaN(from) && !Number.isNaN(to)) return [from, to]
  const before = row > found.start[vehicle] ? row - 1 : row
  const led = next === row ? ledBetween(found, before, row) : ledBetween(found, row, next)
  return [headingAtStart(from, to, led), headingAtEnd(from, to, led)]
}

const ledBetween = ({ longitude, latitude }: FoundRows, row: number, next: number): number => {
  const y = ringY(latitude[row])
  return ledHeading((ringX(longitude[next]) - ringX(longitude[row])) | 0, ringY(latitude[next]) - y, y)
}

/** Headings at both ends of a stretch: as reported, else where it leads, else as at the other end, else NaN. */
export const headingAtStart = (from: number, to: number, led: number): number =>
  Number.isNaN(from) ? (Number.isNaN(led) ? to : led) : from

export const headingAtEnd = (from: number, to: number, led: number): number =>
  Number.isNaN(to) ? (Number.isNaN(led) ? from : led) : to
