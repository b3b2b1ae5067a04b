import { textBytes } from '../rows/judge-rows.ts'
import {
  COMPARISONS,
  type Comparison,
  type Filter,
  filterFault,
  foundAt,
  type Literal,
  MAX_FILTER_BYTES,
  MAX_FILTER_DEPTH,
  type Named,
} from './filter.ts'
import { type Token, tokensOf, type Word } from './tokens.ts'
import { FleetError } from '@fleetlake/core'

/**
 * Reads a filter such as `temperature > 8 and (driver_id = 'a7' or ignition = true)`.
 *
 *     filter  = both { "or" both }
 *     both    = single { "and" single }
 *     single  = "not" single | "(" filter ")" | test
 *     test    = column ( "=" | "!=" | "<>" | "<" | "<=" | ">" | ">=" ) value
 *             | column [ "not" ] "in" "(" value { "," value } ")"
 *             | column "is" [ "not" ] "null"
 *     value   = number | 'text' | "true" | "false"
 *
 * Words may be in capitals; a quote within quotes is doubled; a column may be in double quotes.
 * @throws FleetError `query.invalid` with the character and what was expected there
 */
export const parseFilter = (text: string): Filter => {
  const bytes = textBytes(text)
  if (bytes > MAX_FILTER_BYTES)
    throw new FleetError('query.invalid', `the filter has ${bytes} bytes, and may have ${MAX_FILTER_BYTES}`)
  if (!text.isWellFormed()) throw new FleetError('query.invalid', 'the filter is not Unicode')
  return createParser(text).whole()
}

const isComparison = (symbol: string): symbol is Comparison => (COMPARISONS as readonly string[]).includes(symbol)

const createParser = (text: string): { whole(): Filter } => {
  const tokens = tokensOf(text)
  const read = (): Token => tokens.next().value as Token
  let token = read()
  let depth = 0

  const fault = (expected: string): FleetError =>
    filterFault(text, token.at, `expected ${expected}, but ${foundAt(token.written)}`)
  const isWord = (word: Word): boolean => token.kind === 'word' && token.value === word
  const isSymbol = (symbol: string): boolean => token.kind === 'symbol' && token.value === symbol
  const passIf = (isIt: boolean): boolean => {
    if (isIt) token = read()
    return isIt
  }
  const pass = (isIt: boolean, expected: string): void => {
    if (!passIf(isIt)) throw fault(expected)
  }

  const literal = (): Literal => {
    const { at } = token
    if (token.kind === 'number' || token.kind === 'text') {
      const { value } = token
      token = read()
      return { value, at }
    }
    if (isWord('true') || isWord('false')) {
      const value = isWord('true')
      token = read()
      return { value, at }
    }
    const hint = isWord('null')
      ? ' (whether there is a value is asked with "is null" and "is not null")'
      : token.kind === 'name'
        ? ' (a text is written in single quotes)'
        : ''
    throw filterFault(
      text,
      at,
      `expected a number, a text such as 'a7', true or false, but ${foundAt(token.written)}${hint}`,
    )
  }
  const list = (): Literal[] => {
    pass(isSymbol('('), '"(" and the values')
    const values = [literal()]
    while (passIf(isSymbol(','))) values.push(literal())
    pass(isSymbol(')'), '"," or ")"')
    return values
  }
  const test = (column: Named): Filter => {
    if (token.kind === 'symbol') {
      const operator = token.value === '<>' ? '!=' : token.value
      if (isComparison(operator)) {
        token = read()
        return { kind: 'compare', column, operator, value: literal() }
      }
    }
    if (passIf(isWord('is'))) {
      const isNot = passIf(isWord('not'))
      pass(isWord('null'), isNot ? 'null' : 'null or not null')
      return negatedIf(isNot, { kind: 'is-null', column })
    }
    const isNot = passIf(isWord('not'))
    pass(isWord('in'), isNot ? 'in' : `=, !=, <, <=, >, >=, in, not in or is after ${column.name}`)
    return negatedIf(isNot, { kind: 'in', column, values: list() })
  }
  const deeper = (part: () => Filter): Filter => {
    if (++depth > MAX_FILTER_DEPTH) throw filterFault(text, token.at, `it is nested more than ${MAX_FILTER_DEPTH} deep`)
    const filter = part()
    depth--
    return filter
  }
  const single = (): Filter => {
    if (passIf(isWord('not'))) return { kind: 'not', part: deeper(single) }
    if (passIf(isSymbol('('))) {
      const filter = deeper(either)
      pass(isSymbol(')'), 'and, or or ")"')
      return filter
    }
    if (token.kind !== 'name') throw fault('the name of a column, not or "("')
    const column = { name: token.value, at: token.at }
    token = read()
    return test(column)
  }
  const joined = (kind: 'and' | 'or', part: () => Filter): Filter => {
    const parts = [part()]
    while (passIf(isWord(kind))) parts.push(part())
    return parts.length === 1 ? parts[0] : { kind, parts }
  }
  const both = (): Filter => joined('and', single)
  const either = (): Filter => joined('or', both)
  return {
    whole: () => {
      const filter = either()
      if (token.kind !== 'end') throw fault('and, or or the end')
      return filter
    },
  }
}

const negatedIf = (isNot: boolean, part: Filter): Filter => (isNot ? { kind: 'not', part } : part)
