import { FleetError } from '@fleetlake/core'

/** A filter as it is written, before anything is known of the columns that it names. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | { readonly kind: 'compare'; readonly column: Named; readonly operator: Comparison; readonly value: Literal }
  | { readonly kind: 'in'; readonly column: Named; readonly values: readonly Literal[] }
  | { readonly kind: 'is-null'; readonly column: Named }

export const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const
export type Comparison = (typeof COMPARISONS)[number]

/** The name of a column, and where in the text it stands. */
export interface Named {
  readonly name: string
  readonly at: number
}

/** A value, and where in the text it stands. */
export interface Literal {
  readonly value: number | string | boolean
  readonly at: number
}

/** Of its text in UTF-8, at most. */
export const MAX_FILTER_BYTES = 4_096
/** Parentheses and "not" within each other, at most. */
export const MAX_FILTER_DEPTH = 64

/** A part of a text as people are shown it. */
const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text)

/** A literal as it is written. */
export const writtenOf = ({ value }: Literal): string =>
  typeof value === 'string' ? shown(`'${value.replaceAll("'", "''")}'`) : String(value)

/**
 * What is wrong with a filter, and where.
 * @param at index into the text; people are told the number of the character, from 1
 */
export const filterFault = (text: string, at: number, what: string): FleetError =>
  new FleetError('query.invalid', `the filter, character ${Array.from(text.slice(0, at)).length + 1}: ${what}`)

/** What stands at a place of a filter, for people. */
export const foundAt = (text: string): string => (text === '' ? 'the filter ends' : `found ${shown(text)}`)

/** In the order of bytes, which is that of UTF-8's code points; JavaScript's own is another. */
export const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] - b[i]
  return a.length - b.length
}
