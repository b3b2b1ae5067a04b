import { messages } from './messages.ts'
import { fillIn } from './patterns.ts'
import { liveSubjects, subjects } from './subjects.ts'

/** What a JetStream stream is to be, in the server's terms but for its client's types. */
export interface StreamSpec {
  readonly name: string
  readonly subjects: readonly string[]
  readonly maxBytes: number
  readonly maxMessageBytes: number
  /** What happens when it is full: `new` refuses the publisher, `old` drops the oldest. */
  readonly discard: 'new' | 'old'
  readonly duplicateWindowMs: number
  readonly replicas: number
  /** Each stored message is repeated to this subject, for live maps. */
  readonly republishTo?: string
}

export interface StreamOptions {
  readonly maxBytes: number
  readonly duplicateWindowMs: number
  readonly replicas: number
}

/** Headers included. */
export const MAX_MESSAGE_BYTES = 64 * 1024

/** Of a partition. */
export const moveStreamName = fillIn(messages.move.stored.stream)

const MOVES = moveStreamName('*').slice(0, -1)

/** The partition of a stream's name; undefined for other streams. */
export const partitionOfStream = (name: string): number | undefined => {
  const number = name.startsWith(MOVES) ? name.slice(MOVES.length) : ''
  return /^\d+$/.test(number) ? Number(number) : undefined
}

/** Invariant: a move stream refuses when full and forgets nothing by itself; only what the table holds is purged. */
export const moveStream = (partition: number, options: StreamOptions): StreamSpec => ({
  ...options,
  name: moveStreamName(partition),
  subjects: [subjects.move(partition)],
  maxMessageBytes: MAX_MESSAGE_BYTES,
  discard: 'new',
  republishTo: liveSubjects.move(partition),
})

export const DEAD_LETTERS = messages.deadLetter.stored.stream

/** Dead letters are kept while there is room; the oldest go first. A letter may be a whole move and its reasons. */
export const deadLetterStream = (options: StreamOptions): StreamSpec => ({
  ...options,
  name: DEAD_LETTERS,
  subjects: [subjects.deadLetter('*')],
  maxMessageBytes: 4 * MAX_MESSAGE_BYTES,
  discard: 'old',
})

export const SEARCHES = messages.searchAsked.stored.stream

/** Invariant: what it can't store is refused, and so is the search; only what the table `searches` holds is purged. */
export const searchStream = (options: StreamOptions): StreamSpec => ({
  ...options,
  name: SEARCHES,
  subjects: [subjects.searchAsked, subjects.searchEnded, subjects.positionsExported],
  maxMessageBytes: MAX_MESSAGE_BYTES,
  discard: 'new',
})
