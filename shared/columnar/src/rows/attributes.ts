import { ATTRIBUTES } from '../measures.ts'
import { createFreeNames } from './free-names.ts'

/** A member of a JSON object: its name, and its value as JSON. */
export type Member = readonly [name: string, json: string]

/** Bytes of the text of a row's attributes in UTF-8, at most. */
export const MAX_ATTRIBUTES_BYTES = 16_384

/** The names in the text of a JSON object; undefined for any other text. */
export const namesInObject = (text: string): ReadonlySet<string> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return new Set(Object.keys(value))
  } catch {
    return undefined
  }
}

/** A value as JSON. What JSON has no number for is a text. */
export const jsonOfValue = (value: string | number | boolean): string => {
  if (typeof value !== 'number') return JSON.stringify(value)
  if (Object.is(value, -0)) return '-0'
  return JSON.stringify(Number.isFinite(value) ? value : String(value))
}

/** The value of `attributes` in a message. */
export interface OwnAttributes {
  readonly text: string
  /** Undefined when the text is not a JSON object. */
  readonly names: ReadonlySet<string> | undefined
}

export const ownAttributesOf = (text: string): OwnAttributes => ({ text, names: namesInObject(text) })

const membersOf = (members: readonly Member[], taken: ReadonlySet<string>): string => {
  const freeName = createFreeNames(taken)
  return members.map(([name, json]) => `${JSON.stringify(freeName(name))}:${json}`).join(',')
}

/**
 * What a device said in `attributes` and more members, as one JSON object. Invariant: nothing is left out. A text that is a JSON object stays as it is, and the members
 * follow within its braces; any other text is the value of a member `attributes`; a name that is there already gets underscores at its end.
 */
export const mergeAttributes = (own: OwnAttributes | undefined, members: readonly Member[]): string => {
  if (own?.names === undefined) {
    const all = own === undefined ? members : [[ATTRIBUTES, JSON.stringify(own.text)] as const, ...members]
    return `{${membersOf(all, new Set())}}`
  }
  if (members.length === 0) return own.text
  if (own.names.size === 0) return `{${membersOf(members, own.names)}}`
  const text = own.text.trimEnd()
  return `${text.slice(0, -1)},${membersOf(members, own.names)}}`
}
