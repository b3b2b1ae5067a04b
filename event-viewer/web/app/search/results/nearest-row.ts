/** The vehicle of a row, by halving. */
export const vehicleOfRow = (start: Uint32Array, row: number): number => {
  let [low, high] = [0, start.length - 2]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (start[middle] <= row) low = middle
    else high = middle - 1
  }
  return low
}

export interface Place {
  readonly longitude: number
  readonly latitude: number
  /** Degrees of longitude. */
  readonly radius: number
}

/** The row that is nearest to a place; undefined when none is within the radius. */
export const nearestRow = (
  rows: { readonly longitude: Float64Array; readonly latitude: Float64Array },
  { longitude, latitude, radius }: Place,
): number | undefined => {
  // A degree of latitude is longer than one of longitude, on the map as on the ground.
  const stretch = 1 / Math.cos((latitude * Math.PI) / 180)
  let [nearest, least]: [number | undefined, number] = [undefined, radius * radius]
  for (let row = 0; row < rows.longitude.length; row++) {
    const dx = rows.longitude[row] - longitude
    if (dx > radius || dx < -radius) continue
    const dy = (rows.latitude[row] - latitude) * stretch
    const distance = dx * dx + dy * dy
    if (distance > least) continue
    nearest = row
    least = distance
  }
  return nearest
}
