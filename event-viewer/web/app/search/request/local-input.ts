/** `2026-01-05T08:00:05` in this machine's zone, as `<input type="datetime-local">` takes it. */
export const localInputText = (timeMs: number): string => {
  const date = new Date(timeMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** The inverse, to the second; undefined for a text that is no time. */
export const parseLocalInput = (text: string): number | undefined => {
  const timeMs = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text) ? new Date(text).getTime() : NaN
  return Number.isNaN(timeMs) || timeMs < 0 ? undefined : timeMs
}
