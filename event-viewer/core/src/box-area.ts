export interface BoxArea {
  readonly type: 'MultiPolygon'
  readonly coordinates: [longitude: number, latitude: number][][][]
}

/**
 * A box as an area that a query takes: cut at the antimeridian, and so that no edge is longer than 180° of longitude, which would be
 * ambiguous.
 * @param west,east degrees in any turn of the globe, west below east; 360° apart or more is the whole way around
 */
export const boxArea = (west: number, south: number, east: number, north: number): BoxArea => ({
  type: 'MultiPolygon',
  coordinates: cut(west, east).map(([from, to]) => [
    [
      [from, south],
      [to, south],
      [to, north],
      [from, north],
      [from, south],
    ],
  ]),
})

const cut = (west: number, east: number): [west: number, east: number][] => {
  if (east - west >= 360)
    return [
      [-180, 0],
      [0, 180],
    ]
  const turns = 360 * Math.floor((west + 180) / 360)
  const [from, to] = [round(west - turns), round(east - turns)]
  if (to > 180) return [...halves(from, 180), ...halves(-180, round(to - 360))]
  return halves(from, to)
}

/** Whole turns leave crumbs behind the decimals. */
const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6

const halves = (from: number, to: number): [number, number][] => {
  if (from === to) return []
  if (to - from <= 180) return [[from, to]]
  const middle = round((from + to) / 2)
  return [
    [from, middle],
    [middle, to],
  ]
}
