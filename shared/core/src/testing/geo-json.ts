/** Longitude, latitude, degrees. */
export type Position = readonly number[]

/** `'0 0, 1 0, 1 1'` */
export const pointsOf = (text: string): [number, number][] =>
  text.split(', ').map((point) => {
    const [x, y] = point.split(' ').map(Number)
    return [x, y]
  })

export const box = (west: number, south: number, east: number, north: number): Position[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
]

export const polygon = (...coordinates: Position[][]): { type: 'Polygon'; coordinates: Position[][] } => ({
  type: 'Polygon',
  coordinates,
})

export const multi = (...coordinates: Position[][][]): { type: 'MultiPolygon'; coordinates: Position[][][] } => ({
  type: 'MultiPolygon',
  coordinates,
})
