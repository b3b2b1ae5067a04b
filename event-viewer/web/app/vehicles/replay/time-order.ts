/** Digits of the radix sort: three passes over 32 bits. */
const DIGIT_BITS = 11
const DIGITS = 1 << DIGIT_BITS
const SLICE_ROWS = 65_536

/**
 * The order that sorts the keys, stable; the keys stay as they are. A generator that yields every few milliseconds, so that a page
 * stays responsive while millions are sorted.
 * @returns indexes into `keys`
 */
export function* orderOf(keys: Uint32Array): Generator<void, Uint32Array> {
  const counts = yield* countDigits(keys)
  let order = new Uint32Array(keys.length)
  for (let i = 0; i < order.length; i += 1) order[i] = i
  let scratch = new Uint32Array(keys.length)
  for (const [pass, count] of counts.entries()) {
    const shift = pass * DIGIT_BITS
    let sum = 0
    for (let digit = 0; digit < DIGITS; digit += 1) {
      const size = count[digit]
      count[digit] = sum
      sum += size
    }
    for (let from = 0; from < keys.length; from += SLICE_ROWS) {
      const to = Math.min(from + SLICE_ROWS, keys.length)
      for (let i = from; i < to; i += 1) {
        const digit = (keys[order[i]] >>> shift) & (DIGITS - 1)
        scratch[count[digit]] = order[i]
        count[digit] += 1
      }
      yield
    }
    ;[order, scratch] = [scratch, order]
  }
  return order
}

/** How often each digit occurs, for every pass at once. */
function* countDigits(keys: Uint32Array): Generator<void, Uint32Array[]> {
  const counts = [0, 1, 2].map(() => new Uint32Array(DIGITS))
  const [low, middle, high] = counts
  for (let from = 0; from < keys.length; from += SLICE_ROWS) {
    const to = Math.min(from + SLICE_ROWS, keys.length)
    for (let i = from; i < to; i += 1) {
      low[keys[i] & (DIGITS - 1)] += 1
      middle[(keys[i] >>> DIGIT_BITS) & (DIGITS - 1)] += 1
      high[keys[i] >>> (2 * DIGIT_BITS)] += 1
    }
    yield
  }
  return counts
}
