/** A scale bar: a round distance and how long it is on the screen. */
export interface MapScale {
  readonly label: string
  readonly pixels: number
}

/** Metres around the equator. */
const EQUATOR_M = 40_075_016.686

/** Metres that a CSS pixel covers in Web Mercator, tiles being 512 pixels. */
export const metresPerPixel = (latitude: number, zoom: number): number =>
  (EQUATOR_M * Math.cos((latitude * Math.PI) / 180)) / (512 * 2 ** zoom)

/** The longest bar of 1, 2, 3 or 5 times a power of ten metres that is at most `mostPixels` long. */
export const scaleOf = (pixelMetres: number, mostPixels: number): MapScale => {
  const most = pixelMetres * mostPixels
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = power * (most >= 5 * power ? 5 : most >= 3 * power ? 3 : most >= 2 * power ? 2 : 1)
  return {
    label: metres >= 1000 ? `${metres / 1000} km` : metres >= 1 ? `${metres} m` : `${Math.round(metres * 100)} cm`,
    pixels: metres / pixelMetres,
  }
}
