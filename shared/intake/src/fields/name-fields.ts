import { printableInLine } from '@fleetlake/core'
import { distance } from 'fastest-levenshtein'
import { plainName } from './usual-names.ts'

const MOST_LISTED = 30
const MOST_NEAR = 3
const LONGEST_COMPARED = 100

/** A field's name in a sentence. */
export const sayField = (name: string): string => `"${printableInLine(name).slice(0, 80)}"`

export const sayFields = (names: readonly string[]): string => names.map(sayField).join(', ')

/** What the input has, for sentences. */
export const listed = (names: readonly string[]): string => {
  if (names.length === 0) return 'no fields'
  const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : ''
  return `${sayFields(names.slice(0, MOST_LISTED))}${more}`
}

/** The names that are nearest to one that is not there; none where all are far. */
export const nearest = (name: string, names: readonly string[]): string[] => {
  const plain = plainName(name).slice(0, LONGEST_COMPARED)
  const far = names.map((each) => distance(plain, plainName(each).slice(0, LONGEST_COMPARED)))
  const least = Math.min(...far)
  if (least > Math.max(1, Math.floor(plain.length / 3))) return []
  return names.filter((_, i) => far[i] === least).slice(0, MOST_NEAR)
}

/** The sentence on a field that a person names and the input lacks. */
export const noSuchField = (name: string, names: readonly string[]): string => {
  const near = nearest(name, names)
  const meant = near.length === 0 ? '' : ` (did you mean ${near.map(sayField).join(' or ')}?)`
  return `there is no field ${sayField(name)}${meant}; the input has ${listed(names)}`
}
