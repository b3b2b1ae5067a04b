const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `1,234,567` */
export const humanCount = (value: number): string => grouped.format(value)

/** `1.2 GiB`; powers of 1024. */
export const humanBytes = (bytes: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let [value, unit] = [bytes, 0]
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** `850 ms`, `5 s`, `12.3 s`, `3 min 20 s`, `2 h 5 min`. */
export const humanDuration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${Math.floor(ms / 100) / 10} s`
  const seconds = Math.floor(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  if (hours === 0) return `${minutes} min ${seconds % 60} s`
  return `${hours} h ${minutes} min`
}

/** The same without zeros at its end: `1 min`, `2 h`. */
export const plainDuration = (ms: number): string => humanDuration(ms).replace(/ 0 (s|min)$/, '')

/** `1 row`, `2,000 rows`. */
export const plural = (count: number, noun: string, nouns = `${noun}s`): string =>
  `${humanCount(count)} ${count === 1 ? noun : nouns}`

/** RFC 3339 UTC with as few fractions as it needs. */
export const humanTime = (timeMs: number): string => new Date(timeMs).toISOString().replace('.000Z', 'Z')
