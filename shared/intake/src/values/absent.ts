import { trimmed } from './trimmed.ts'

/** What is written where there is no value, in small letters. */
const WORDS = new Set([
  '',
  '-',
  '--',
  '–',
  '—',
  '?',
  '\\n',
  'na',
  'n/a',
  'n.a.',
  '#n/a',
  '<na>',
  'nan',
  'nat',
  'nil',
  'null',
  '(null)',
  '<null>',
  'none',
  'undefined',
  'unknown',
])
const LONGEST = 9

/** Whether a value says that there is none: nothing, NaN, or a text such as `\N`, `NA`, `null`, `-` or `Unknown`. */
export const isAbsent = (value: unknown): boolean => {
  if (value === undefined || value === null) return true
  if (typeof value === 'number') return Number.isNaN(value)
  if (typeof value !== 'string') return false
  const text = value.length <= LONGEST ? value : trimmed(value)
  return text.length <= LONGEST && WORDS.has(trimmed(text).toLowerCase())
}
