import { FleetError, toDegrees, toMicroDegrees } from '@fleetlake/core'
import type { Ring, Shape } from '../request/search-request.ts'

/**
 * Rings as short texts for an address. Each coordinate is its difference to the one before in millionths of a degree, zigzag, in groups of
 * 5 bits from the lowest, with a sixth bit on all but the last: Google's polyline encoding in letters that need no escape. The position
 * that closes a ring is left out; `.` stands between the rings of a shape and `~` between shapes.
 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const MORE = 32

const invalid = (what: string): FleetError => new FleetError('area.invalid', `the area of the link ${what}`)

const encodeNumber = (value: number): string => {
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let text = ''
  while (rest >= MORE) {
    text += ALPHABET[MORE + (rest % MORE)]
    rest = Math.floor(rest / MORE)
  }
  return text + ALPHABET[rest]
}

const encodeRing = (ring: Ring): string => {
  let [x, y] = [0, 0]
  let text = ''
  for (const position of ring.slice(0, -1)) {
    const [longitude, latitude] = [toMicroDegrees(position[0]), toMicroDegrees(position[1])]
    text += encodeNumber(longitude - x) + encodeNumber(latitude - y)
    ;[x, y] = [longitude, latitude]
  }
  return text
}

const decodeNumbers = (text: string): number[] => {
  const numbers: number[] = []
  let [value, scale] = [0, 1]
  for (const letter of text) {
    const digit = ALPHABET.indexOf(letter)
    if (digit < 0) throw invalid(`holds “${letter}”, which no link of this page holds`)
    value += (digit % MORE) * scale
    scale *= MORE
    if (scale > 2 ** 40) throw invalid('is damaged')
    if (digit >= MORE) continue
    numbers.push(value % 2 === 0 ? value / 2 : -(value + 1) / 2)
    ;[value, scale] = [0, 1]
  }
  if (scale > 1 || numbers.length % 2 === 1) throw invalid('is cut off')
  return numbers
}

const decodeRing = (text: string): Ring => {
  const numbers = decodeNumbers(text)
  if (numbers.length < 6) throw invalid('has fewer than 3 corners')
  let [x, y] = [0, 0]
  const ring: (readonly [number, number])[] = []
  for (let i = 0; i < numbers.length; i += 2) {
    x += numbers[i]
    y += numbers[i + 1]
    ring.push([toDegrees(x), toDegrees(y)])
  }
  return [...ring, ring[0]]
}

export const encodeShapes = (shapes: readonly Shape[]): string =>
  shapes.map((shape) => shape.map(encodeRing).join('.')).join('~')

/**
 * The inverse of `encodeShapes`.
 * @throws FleetError `area.invalid`
 */
export const decodeShapes = (text: string): Shape[] => text.split('~').map((shape) => shape.split('.').map(decodeRing))
