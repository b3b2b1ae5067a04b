import type { Acknowledgement, EncodedHeaders, StoredMessage, StreamInfo, Streams, StreamSettings } from '../port.ts'
import { headerIn, messageIdIn } from './headers.ts'
import { matches } from './subjects.ts'

/** A message on its way into a stream. */
export interface Message {
  readonly subject: string
  readonly headers: EncodedHeaders
  readonly data: Uint8Array
}

interface Entry extends Message {
  readonly sequence: number
  readonly timestampMs: number
  readonly bytes: number
}

export type AppendAnswer = Acknowledgement | { readonly kind: 'wrong-last' }

/** What a stream holds, and what it does with a message. Time is data. */
export interface MemoryStream {
  readonly created: string
  settings: StreamSettings
  /** @param expectLast the sequence that the last message of the subject must have; 0: there is none */
  append(message: Message, nowMs: number, expectLast?: number): AppendAnswer
  /** The first message from a sequence on. */
  next(from: number): StoredMessage | undefined
  message(which: Parameters<Streams['message']>[1]): StoredMessage | undefined
  purge(which: { readonly through: number } | { readonly subject: string }): void
  delete(sequence: number): void
  subjects(filter: string): string[]
  /** The last sequence that was stored before an instant. */
  before(atMs: number): number
  info(nowMs: number): StreamInfo
  /** What is older than the stream keeps goes. */
  expire(nowMs: number): void
  /** Another of the same contents: what a restore brings back. Of what was forgotten by then it knows no ids. */
  copy(): MemoryStream
}

/** Beside a message's own bytes: about what a server writes. */
const OVERHEAD_BYTES = 30
const DUPLICATE_WINDOW_MS = 120_000

const sizeOf = ({ subject, headers, data }: Message): number =>
  subject.length + headers.length + data.length + OVERHEAD_BYTES

const stored = ({ sequence, timestampMs, subject, headers, data }: Entry): StoredMessage => ({
  sequence,
  timestampMs,
  subject,
  header: (name) => headerIn(headers, name),
  data,
})

const rejected = (reason: string, is: { isFull?: boolean; isFinal?: boolean } = {}): AppendAnswer => ({
  kind: 'rejected',
  reason,
  isFull: is.isFull ?? false,
  isFinal: is.isFinal ?? false,
})

export const createMemoryStream = (
  initial: StreamSettings,
  created: string,
  held: { readonly entries: Iterable<Entry>; readonly last: number } = { entries: [], last: 0 },
): MemoryStream => {
  let settings = initial
  let last = held.last
  /** By sequence, ascending. */
  const entries = new Map<number, Entry>()
  const ids = new Map<string, { readonly sequence: number; readonly atMs: number }>()
  let bytes = 0
  let first = last + 1

  const put = (entry: Entry): void => {
    if (entries.size === 0) first = entry.sequence
    entries.set(entry.sequence, entry)
    bytes += entry.bytes
    const id = messageIdIn(entry.headers)
    if (id !== undefined) ids.set(id, { sequence: entry.sequence, atMs: entry.timestampMs })
  }
  for (const entry of held.entries) put(entry)

  const remove = (sequence: number): void => {
    const entry = entries.get(sequence)
    if (entry === undefined) return
    entries.delete(sequence)
    bytes -= entry.bytes
    if (sequence === first) first = entries.size === 0 ? last + 1 : entries.keys().next().value!
  }
  const lastOf = (subject: string): Entry | undefined =>
    [...entries.values()].findLast((entry) => matches(subject, entry.subject))
  const forget = (nowMs: number): void => {
    const oldestMs = nowMs - (settings.duplicateWindowMs ?? DUPLICATE_WINDOW_MS)
    for (const [id, { atMs }] of ids) {
      if (atMs > oldestMs) break
      ids.delete(id)
    }
  }
  const expire = (nowMs: number): void => {
    if (settings.maxAgeMs === undefined) return
    for (const { sequence, timestampMs } of entries.values()) {
      if (timestampMs > nowMs - settings.maxAgeMs) break
      remove(sequence)
    }
  }
  const nextFrom = (from: number): StoredMessage | undefined => {
    for (let sequence = Math.max(from, first); sequence <= last; sequence++) {
      const entry = entries.get(sequence)
      if (entry !== undefined) return stored(entry)
    }
    return undefined
  }

  return {
    created,
    get settings() {
      return settings
    },
    set settings(next) {
      settings = next
    },
    append: (message, nowMs, expectLast) => {
      const size = sizeOf(message)
      if (message.headers.length + message.data.length > (settings.maxMessageBytes ?? Infinity))
        return rejected('message size exceeds maximum allowed', { isFinal: true })
      forget(nowMs)
      expire(nowMs)
      const id = messageIdIn(message.headers)
      const known = id === undefined ? undefined : ids.get(id)
      if (known !== undefined) return { kind: 'stored', sequence: known.sequence, duplicate: true }
      if (expectLast !== undefined && (lastOf(message.subject)?.sequence ?? 0) !== expectLast)
        return { kind: 'wrong-last' }
      const { maxBytes = Infinity, discard = 'old', maxPerSubject = Infinity } = settings
      if (discard === 'new' && bytes + size > maxBytes) return rejected('maximum bytes exceeded', { isFull: true })
      put({ ...message, sequence: ++last, timestampMs: nowMs, bytes: size })
      if (maxPerSubject !== Infinity) {
        const same = [...entries.values()].filter(({ subject }) => subject === message.subject)
        for (const { sequence } of same.slice(0, Math.max(0, same.length - maxPerSubject))) remove(sequence)
      }
      while (bytes > maxBytes) remove(first)
      return { kind: 'stored', sequence: last, duplicate: false }
    },
    next: nextFrom,
    message: (which) => {
      if ('from' in which) return nextFrom(which.from)
      const entry = 'sequence' in which ? entries.get(which.sequence) : lastOf(which.lastOf)
      return entry === undefined ? undefined : stored(entry)
    },
    purge: (which) => {
      for (const { sequence, subject } of entries.values()) {
        if ('through' in which ? sequence <= which.through : matches(which.subject, subject)) remove(sequence)
      }
      if ('through' in which && which.through > last) last = which.through
      if (entries.size === 0) first = last + 1
    },
    delete: remove,
    subjects: (filter) => [
      ...new Set([...entries.values()].map(({ subject }) => subject).filter((subject) => matches(filter, subject))),
    ],
    before: (atMs) => {
      for (const { sequence, timestampMs } of entries.values()) if (timestampMs >= atMs) return sequence - 1
      return last
    },
    info: (nowMs) => ({ settings, created, serverMs: nowMs, first, last, messages: entries.size, bytes }),
    expire,
    copy: () => createMemoryStream(settings, created, { entries: entries.values(), last }),
  }
}
