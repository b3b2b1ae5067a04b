import { reasonOf } from '@fleetlake/core'
import type { z } from 'zod'
import { type Message, messages } from './messages.ts'
import { subjects } from './subjects.ts'

/** What is recorded of who searched what: a message of the stream `SEARCHES`, a row of the table `searches`. */
export type SearchRecord = {
  /** In the stream. */
  readonly sequence: number
  /** When the server stored it, ms since the epoch. */
  readonly at: number
} & (
  | ({ readonly kind: 'asked' } & Message<'searchAsked'>)
  | ({ readonly kind: 'ended' } & Message<'searchEnded'>)
  | ({ readonly kind: 'exported' } & Message<'positionsExported'>)
  /** What is none of them, and why. */
  | { readonly kind: 'unreadable'; readonly person: string; readonly query: ''; readonly reason: string }
)

/** A message of the stream. */
export interface StoredRecord {
  readonly sequence: number
  readonly timestampMs: number
  readonly subject: string
  readonly data: Uint8Array
}

const parse = <Schema extends z.ZodType>(schema: Schema, data: Uint8Array): z.output<Schema> =>
  schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data)))

/** Invariant: every message makes a record. */
export const searchRecordOf = ({ sequence, timestampMs, subject, data }: StoredRecord): SearchRecord => {
  const place = { sequence, at: Math.floor(timestampMs) }
  try {
    switch (subject) {
      case subjects.searchAsked:
        return { ...place, kind: 'asked', ...parse(messages.searchAsked.data, data) }
      case subjects.searchEnded:
        return { ...place, kind: 'ended', ...parse(messages.searchEnded.data, data) }
      default:
        return { ...place, kind: 'exported', ...parse(messages.positionsExported.data, data) }
    }
  } catch (error) {
    return { ...place, kind: 'unreadable', person: '', query: '', reason: reasonOf(error).slice(0, LONGEST_REASON) }
  }
}

const LONGEST_REASON = 200
