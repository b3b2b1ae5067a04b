import { MAX_IDS, MAX_TEXT_LENGTH } from './search-request.ts'

/** Ids as they are pasted: one a line, or with commas, semicolons or tabs between; each once. */
export const readIds = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\n\r,;\t]+/)
      .map((id) => id.trim().replace(/^"(.*)"$/, '$1'))
      .filter((id) => id !== ''),
  ),
]

/** What is wrong with ids, for people. */
export const faultOfIds = (ids: readonly string[]): string | undefined => {
  if (ids.length > MAX_IDS) return `${ids.length.toLocaleString('en-US')} ids are too many: a search takes 100,000.`
  const long = ids.find((id) => id.length > MAX_TEXT_LENGTH)
  return long === undefined ? undefined : `“${long.slice(0, 40)}…” is longer than ${MAX_TEXT_LENGTH} characters.`
}
