/** RFC 3339, to the ms at most: what a column of times holds. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:[Zz]|[+-]\d{2}:\d{2})$/

/** Whether a day exists: JavaScript takes the 30th of February for the 2nd of March. */
const isDay = (day: string): boolean => {
  const time = Date.parse(day)
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(day)
}

/** ms since the epoch; undefined for what is not an RFC 3339 time with a zone, or finer than ms. */
export const parseInstant = (text: string): number | undefined => {
  const day = INSTANT.exec(text)?.[1]
  if (day === undefined || !isDay(day)) return undefined
  const time = Date.parse(text.toUpperCase().replace(' ', 'T'))
  return Number.isFinite(time) ? time : undefined
}
