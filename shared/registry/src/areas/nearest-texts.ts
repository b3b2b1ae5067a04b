import { distance } from 'fastest-levenshtein'

/** Beyond so many edits (a letter more, less or another) of ten letters a text is another word. */
const MOST_EDITS_OF_TEN = 4
/** Longer texts are compared by their beginnings. */
const MOST_COMPARED = 64

/**
 * Texts that may have been meant, the likeliest first: those that hold what was written, or differ from it in a few letters.
 * @param key what of a text is compared
 */
export const nearestTexts = (written: string, texts: readonly string[], key: (text: string) => string): string[] => {
  const wanted = written.slice(0, MOST_COMPARED)
  if (wanted === '') return []
  const most = Math.max(1, Math.floor((wanted.length * MOST_EDITS_OF_TEN) / 10))
  return texts
    .flatMap((text) => {
      const other = key(text).slice(0, MOST_COMPARED)
      const isPart = wanted.length >= 3 && (other.includes(wanted) || (other.length >= 3 && wanted.includes(other)))
      if (!isPart && Math.abs(other.length - wanted.length) > most) return []
      const edits = distance(wanted, other)
      return isPart || edits <= most ? [{ text, edits }] : []
    })
    .toSorted((a, b) => a.edits - b.edits || (a.text < b.text ? -1 : 1))
    .map(({ text }) => text)
}
