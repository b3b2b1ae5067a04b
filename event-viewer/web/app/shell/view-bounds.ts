/** `[west, south, east, north]` in degrees. */
export type ViewBounds = readonly [west: number, south: number, east: number, north: number]
