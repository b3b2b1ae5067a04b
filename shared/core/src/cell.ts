import { FleetError } from './errors.ts'

/**
 * Geohash cells. A cell of `length` characters is a whole number of 5 × `length` bits, longitude first, so that
 * the hot path never makes a string. Cells are half-open, [west, east) × [south, north), but for the last ones,
 * which hold longitude 180 and latitude 90.
 */
export const MAX_CELL_LENGTH = 6

const ALPHABET = '0123456789bcdefghjkmnpqrstuvwxyz'

/** Bounds in degrees WGS84. */
export interface Bounds {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

const longitudeBits = (length: number): number => Math.ceil((5 * length) / 2)
const latitudeBits = (length: number): number => Math.floor((5 * length) / 2)

/** Spreads 16 bits over the even places of 32. */
const spread = (bits: number): number => {
  let x = bits & 0xffff
  x = (x | (x << 8)) & 0x00ff00ff
  x = (x | (x << 4)) & 0x0f0f0f0f
  x = (x | (x << 2)) & 0x33333333
  return (x | (x << 1)) & 0x55555555
}

/** Gathers the even places of 32 bits; the inverse of `spread`. */
const gather = (bits: number): number => {
  let x = bits & 0x55555555
  x = (x | (x >> 1)) & 0x33333333
  x = (x | (x >> 2)) & 0x0f0f0f0f
  x = (x | (x >> 4)) & 0x00ff00ff
  return (x | (x >> 8)) & 0xffff
}

const interleave = (column: number, row: number, length: number): number =>
  (5 * length) % 2 === 0 ? (spread(column) << 1) | spread(row) : spread(column) | (spread(row) << 1)

/**
 * The cell of a position on the globe. Exact: whole millionths times a power of two stay below 2^53.
 * @param longitudeMicro,latitudeMicro whole millionths of a degree
 * @param length 1–6 characters
 */
export const cellOf = (longitudeMicro: number, latitudeMicro: number, length: number): number => {
  const columns = 1 << longitudeBits(length)
  const rows = 1 << latitudeBits(length)
  const column = Math.min(Math.floor(((longitudeMicro + 180e6) * columns) / 360e6), columns - 1)
  const row = Math.min(Math.floor(((latitudeMicro + 90e6) * rows) / 180e6), rows - 1)
  return interleave(column, row, length)
}

/** The geohash of a cell. */
export const cellName = (cell: number, length: number): string => {
  let name = ''
  for (let shift = 5 * (length - 1); shift >= 0; shift -= 5) name += ALPHABET[(cell >> shift) & 31]
  return name
}

/** @throws FleetError `cell.invalid` for anything but a geohash of 1–6 characters */
export const parseCell = (name: string): number => {
  let cell = 0
  for (const character of name) {
    const digit = ALPHABET.indexOf(character)
    if (digit < 0) throw new FleetError('cell.invalid', `"${name}" is not a geohash`)
    cell = cell * 32 + digit
  }
  if (name.length === 0 || name.length > MAX_CELL_LENGTH) {
    throw new FleetError('cell.invalid', `"${name}" has ${name.length} characters; a cell has 1 to ${MAX_CELL_LENGTH}`)
  }
  return cell
}

/** The bounds of a cell, exact binary fractions of a degree. */
export const cellBounds = (cell: number, length: number): Bounds => {
  const evenBits = (5 * length) % 2 === 0
  const column = gather(evenBits ? cell >> 1 : cell)
  const row = gather(evenBits ? cell : cell >> 1)
  const width = 360 / 2 ** longitudeBits(length)
  const height = 180 / 2 ** latitudeBits(length)
  const west = -180 + column * width
  const south = -90 + row * height
  return { west, south, east: west + width, north: south + height }
}
