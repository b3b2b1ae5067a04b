import { humanCount, humanDuration } from '@fleetlake/viewer-core'
import { sentenceOf } from '../shell/sentence.ts'

/** What is used here of an issue of zod's. */
export interface Issue {
  readonly code?: string | undefined
  readonly expected?: unknown
  readonly minimum?: number | bigint
  readonly maximum?: number | bigint
  readonly inclusive?: boolean | undefined
  readonly message: string
}

/** What is typed into a field. */
export type FieldKind = 'duration' | 'time' | 'other'

/** What is wrong with a field, and what to give instead. */
export const faultOf = (issue: Issue, kind: FieldKind): string => {
  const shown = (limit: number | bigint): string =>
    kind === 'duration' ? durationText(Number(limit)) : countText(Number(limit))
  if (issue.code === 'too_small' && issue.minimum !== undefined) {
    return `Give ${issue.inclusive === false ? 'more than' : 'at least'} ${shown(issue.minimum)}.`
  }
  if (issue.code === 'too_big' && issue.maximum !== undefined) return `Give at most ${shown(issue.maximum)}.`
  if (kind === 'duration') return 'Give a duration such as “1 h”, “10 min” or “30 s”.'
  if (kind === 'time') return 'Give a date and a time.'
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'Give a whole number.' : 'Give a number.'
  // What a contract says follows the name of a field.
  return sentenceOf(issue.message)
}

/** `1 h`, not `1 h 0 min`. */
const durationText = (ms: number): string => humanDuration(ms).replace(/ 0 (min|s)$/, '')

/** A part of one is told as it is: rounded it would be none. */
const countText = (limit: number): string => (limit > 0 && limit < 1 ? String(limit) : humanCount(limit))
