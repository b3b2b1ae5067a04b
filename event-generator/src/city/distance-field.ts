/** Farther than any cell of a grid is from another, squared. */
const FAR = 1e12

/**
 * The squared distance, in cells, of each cell to the nearest marked one; exact, in linear time (Felzenszwalb and
 * Huttenlocher: the lower envelope of parabolas, column by column and then row by row).
 */
export const distanceField = (marks: Uint8Array, columns: number): Float64Array => {
  const rows = marks.length / columns
  const field = new Float64Array(marks.length)
  for (let cell = 0; cell < marks.length; cell++) field[cell] = marks[cell] === 1 ? 0 : FAR
  const envelope = createEnvelope(Math.max(columns, rows))
  for (let column = 0; column < columns; column++) envelope(field, { start: column, step: columns, count: rows })
  for (let row = 0; row < rows; row++) envelope(field, { start: row * columns, step: 1, count: columns })
  return field
}

interface Stride {
  readonly start: number
  readonly step: number
  readonly count: number
}

const createEnvelope = (most: number): ((field: Float64Array, stride: Stride) => void) => {
  const heights = new Float64Array(most)
  const roots = new Int32Array(most)
  const borders = new Float64Array(most + 1)
  return (field, { start, step, count }) => {
    for (let n = 0; n < count; n++) heights[n] = field[start + n * step]
    let last = 0
    roots[0] = 0
    borders[0] = -Infinity
    borders[1] = Infinity
    for (let n = 1; n < count; n++) {
      let border = meeting(heights, roots[last], n)
      while (border <= borders[last]) border = meeting(heights, roots[--last], n)
      roots[++last] = n
      borders[last] = border
      borders[last + 1] = Infinity
    }
    for (let n = 0, at = 0; n < count; n++) {
      while (borders[at + 1] < n) at++
      field[start + n * step] = (n - roots[at]) ** 2 + heights[roots[at]]
    }
  }
}

/** Where the parabolas of two places meet. */
const meeting = (heights: Float64Array, a: number, b: number): number =>
  (heights[b] + b * b - (heights[a] + a * a)) / (2 * (b - a))
