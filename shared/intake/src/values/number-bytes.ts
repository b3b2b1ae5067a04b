const MOST_DIGITS = 15
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: MOST_DIGITS + 1 }, (_, i) => 10 ** i)

/**
 * The number of a plain decimal of at most 15 digits, exactly as `Number(text)` has it: both whole numbers of the quotient are exact, and a division rounds once.
 * Makes no objects.
 * @param bytes ASCII from `from` to `to`
 * @param mark the byte before decimals
 * @returns NaN for any other text, which is then read in the slower way
 */
export const readNumberBytes = (bytes: Uint8Array, from: number, to: number, mark: number = POINT): number => {
  let at = from
  const isNegative = at < to && bytes[at] === MINUS
  if (isNegative) at++
  // The sign, the point and the digits.
  if (to - at > MOST_DIGITS + 1) return NaN
  const first = at
  let whole = 0
  let point = -1
  for (; at < to; at++) {
    const digit = bytes[at] - ZERO
    if (digit >= 0 && digit <= 9) whole = whole * 10 + digit
    else if (bytes[at] === mark && point < 0 && at > first) point = at
    else return NaN
  }
  const digits = point < 0 ? to - first : to - first - 1
  if (digits === 0 || digits > MOST_DIGITS || point === to - 1) return NaN
  const value = point < 0 ? whole : whole / POWERS[to - point - 1]
  return isNegative ? -value : value
}
