/** Places of rows that are counted from 1 on. @param before rows before the first */
export const placesAfter = (before: number, rows: number): Float64Array => {
  const places = new Float64Array(rows)
  for (let row = 0; row < rows; row++) places[row] = before + row + 1
  return places
}
