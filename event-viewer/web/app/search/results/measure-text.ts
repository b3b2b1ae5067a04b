const precise = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** What is not known. */
const UNKNOWN = '–'

/** `850 m`, `12.3 km`, `1,234 km`; `–` for NaN. */
export const distanceText = (meters: number): string => {
  if (Number.isNaN(meters)) return UNKNOWN
  if (meters < 1000) return `${whole.format(meters)} m`
  return `${(meters < 1_000_000 ? precise : whole).format(meters / 1000)} km`
}

/** `0 s`, `45 s`, `12 min`, `3 h 05 min`: no wider than it needs to be in a column; `–` for NaN. */
export const insideText = (ms: number): string => {
  if (Number.isNaN(ms)) return UNKNOWN
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${whole.format(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`
}
