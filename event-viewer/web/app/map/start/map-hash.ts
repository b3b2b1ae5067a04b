/** Where the map looks. */
export interface MapView {
  readonly zoom: number
  readonly longitude: number
  readonly latitude: number
  /** Degrees clockwise from north of what is up, −180 to 180. */
  readonly bearing: number
}

/** `#map=zoom/latitude/longitude/bearing`, as precise as a pixel; the bearing is left out when north is up. */
export const formatMapHash = ({ zoom, longitude, latitude, bearing }: MapView): string => {
  const decimals = Math.min(7, Math.max(2, Math.ceil((zoom * Math.LN2 + Math.log(512 / 360 / 0.5)) / Math.LN10)))
  const degrees = (value: number): string => String(Number(value.toFixed(decimals)))
  const turned = Math.round(bearing * 10) / 10
  const parts = [String(Math.round(zoom * 100) / 100), degrees(latitude), degrees(longitude)]
  return `#map=${parts.join('/')}${turned === 0 ? '' : `/${turned}`}`
}

/** The view of a hash; undefined when it holds none that can be. */
export const parseMapHash = (hash: string): MapView | undefined => {
  const text = new URLSearchParams(hash.replace(/^#/, '')).get('map')
  if (text === null) return undefined
  const parts = text.split('/')
  if (parts.length < 3 || parts.length > 4 || parts.some((part) => part.trim() === '')) return undefined
  const [zoom, latitude, longitude, bearing = 0] = parts.map(Number)
  const isView =
    zoom >= 0 && zoom <= 24 && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && Math.abs(bearing) <= 180
  return isView ? { zoom, longitude, latitude, bearing } : undefined
}
