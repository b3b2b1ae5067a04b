import { hasByte } from '../has-byte.ts'
import { isObject, type JsonObject, NOT_JSON, parseJsonRow } from './parse-json-row.ts'

/** What the beginning of an input shows of its form. */
export interface Head {
  /** Objects that stand on lines of their own are most of the complete lines. */
  readonly isByLine: boolean
  /** The first value, as far as it is there: what is cut off is left out. Undefined where there is no JSON. */
  readonly first: unknown
}

/** Lines that are looked at. */
const MOST_LINES = 50

/** Objects inside each other that are gone into. */
const MAX_LEVELS = 8

/** Formats look at one head in turn. */
const known = new WeakMap<Uint8Array, Head>()

/** @param head the first 64 KiB at most, which do not change */
export const headOf = (head: Uint8Array): Head => {
  let found = known.get(head)
  if (found === undefined) known.set(head, (found = readHead(head)))
  return found
}

const [BRACE, BRACKET] = [0x7b, 0x5b]
const NONE: Head = { isByLine: false, first: undefined }

const readHead = (head: Uint8Array): Head => {
  // As in nearly all that is no JSON: nothing that could be a list or an object.
  if (!hasByte(head, BRACE) && !hasByte(head, BRACKET)) return NONE
  const text = withoutSeparator(new TextDecoder().decode(head).trimStart())
  const lines = objectsOfLines(text)
  return lines.length > 0 ? { isByLine: true, first: lines[0] } : { isByLine: false, first: firstOf(text) }
}

/** Those of the first lines, if most of these are objects. */
const objectsOfLines = (text: string): JsonObject[] => {
  if (!text.includes('{')) return []
  const lines = text.split('\n', MOST_LINES).filter((line) => line.trim() !== '')
  const values = lines.map((line) => parseJsonRow(withoutSeparator(line)))
  // A document over several lines may have a row on each.
  if (!isObject(values[0]) && firstValue(text) !== NOT_JSON) return []
  // The last line may be cut.
  if (!isObject(values.at(-1))) values.pop()
  const objects = values.filter(isObject)
  // A document on one line has its rows in a list.
  if (lines.length === 1 && objects.some((object) => hasRows(object))) return []
  return objects.length * 2 >= values.length ? objects : []
}

const hasRows = (object: JsonObject, level = 0): boolean =>
  Object.values(object).some((value) =>
    Array.isArray(value) ? value.some(isObject) : isObject(value) && level < MAX_LEVELS && hasRows(value, level + 1),
  )

/** RFC 7464 has a character before each text. */
export const withoutSeparator = (line: string): string => (line.startsWith('\u001E') ? line.slice(1) : line)

/** Of damaged JSON what lies before the damage, or half of that. */
const firstOf = (text: string): unknown => {
  for (let length = text.length; length > 0; length = Math.floor(length / 2)) {
    const value = firstValue(text.slice(0, length))
    if (value !== NOT_JSON) return value
  }
  return undefined
}

/** A JSON text, or the beginning of one with what was open closed. */
const firstValue = (text: string): unknown => {
  const open: string[] = []
  /** Where a text is whole, and what must be closed there. */
  let whole = { end: 0, closing: '' }
  const mark = (end: number): void => {
    whole = { end, closing: open.toReversed().join('') }
  }
  let isText = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (isText) {
      if (c === '\\') i++
      else if (c === '"') isText = false
    } else if (c === '"') isText = true
    else if (c === '{' || c === '[') {
      open.push(c === '{' ? '}' : ']')
      mark(i + 1)
    } else if (c === '}' || c === ']') {
      open.pop()
      mark(i + 1)
      if (open.length === 0) break
    } else if (c === ',' && open.length > 0) mark(i)
  }
  return whole.end === 0 ? NOT_JSON : parseJsonRow(text.slice(0, whole.end) + whole.closing)
}
