const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff

/** Compares texts as their UTF-8 bytes compare (that is, by code points): the order of Parquet's and Delta's bounds. */
export const compareUtf8 = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x === y) continue
    if (isSurrogate(x) !== isSurrogate(y)) return isSurrogate(x) ? 1 : -1
    return x - y
  }
  return a.length - b.length
}

const LAST_CODE_POINT = '\u{10ffff}'

/** A lower bound of a text of at most `length` code points: its beginning. */
export const cutMinimum = (text: string, length: number): string =>
  text.length <= length ? text : Array.from(text).slice(0, length).join('')

/** An upper bound of a text: itself, or its beginning and the last code point there is. */
export const cutMaximum = (text: string, length: number): string => {
  if (text.length <= length) return text
  const points = Array.from(text)
  let kept = length
  // Behind the last code point itself another one may follow, which would be beyond the bound.
  while (kept < points.length && points[kept] === LAST_CODE_POINT) kept++
  return kept >= points.length ? text : points.slice(0, kept).join('') + LAST_CODE_POINT
}
