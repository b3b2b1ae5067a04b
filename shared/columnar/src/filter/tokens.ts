import { filterFault } from './filter.ts'

/** The words that mean something; a column of such a name is written in double quotes. */
const WORDS = ['and', 'or', 'not', 'in', 'is', 'null', 'true', 'false'] as const
export type Word = (typeof WORDS)[number]

export type Token = { readonly at: number; readonly written: string } & (
  | { readonly kind: 'name' | 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly value: Word }
  | { readonly kind: 'symbol'; readonly value: string }
  | { readonly kind: 'end' }
)

const SPACE = /\s*/y
/** Each with its own group: a name or a word, a quoted name, a text, a number, a symbol. */
const TOKEN =
  /([A-Za-z_]\w*)|"((?:[^"]|"")+)"|'((?:[^']|'')*)'|(-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(<=|>=|!=|<>|[=<>(),])/y

const wordOf = (written: string): Word | undefined => WORDS.find((word) => word === written.toLowerCase())

/** A whole number that a double does not hold would be compared as another one. */
const numberOf = (text: string, written: string, at: number): number => {
  const value = Number(written)
  if (!Number.isFinite(value)) throw filterFault(text, at, `${written} is beyond any number that is kept`)
  if (/^-?\d+$/.test(written) && !Number.isSafeInteger(value))
    throw filterFault(text, at, `${written} is beyond ${Number.MAX_SAFE_INTEGER}, up to which whole numbers are exact`)
  return value
}

const QUOTES: Readonly<Record<string, string>> = {
  "'": "the text that begins here has no closing '",
  '"': 'the name that begins here has no closing "',
}

/**
 * The tokens of a filter, in order; the last is its end.
 * @throws FleetError `query.invalid` at what is not a token
 */
export function* tokensOf(text: string): Generator<Token, void> {
  for (let at = 0; ;) {
    SPACE.lastIndex = at
    at += SPACE.exec(text)![0].length
    if (at === text.length) return yield { kind: 'end', at, written: '' }
    TOKEN.lastIndex = at
    const [written = '', name, quotedName, quotedText, number, symbol] = TOKEN.exec(text) ?? []
    const [first] = text.slice(at)
    if (written === '') throw filterFault(text, at, QUOTES[first] ?? `${first} has no meaning here`)
    if (name !== undefined) {
      const word = wordOf(name)
      yield word === undefined ? { kind: 'name', at, written, value: name } : { kind: 'word', at, written, value: word }
    } else if (quotedName !== undefined) {
      yield { kind: 'name', at, written, value: quotedName.replaceAll('""', '"') }
    } else if (quotedText !== undefined) {
      yield { kind: 'text', at, written, value: quotedText.replaceAll("''", "'") }
    } else if (number !== undefined) {
      yield { kind: 'number', at, written, value: numberOf(text, number, at) }
    } else yield { kind: 'symbol', at, written, value: symbol }
    at += written.length
  }
}
