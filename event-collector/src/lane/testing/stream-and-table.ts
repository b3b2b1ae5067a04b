import {
  judge,
  type Offset,
  parseAppId,
  type Reading,
  type StoredMove,
  type StreamState,
  type TableOffsets,
} from '@fleetlake/hub'
import type { BatchRange, LostMessages } from '../batch.ts'

/** A message that was acknowledged once; its time of storing is its serial number. */
export interface Published {
  readonly serial: number
  readonly created: string
  readonly sequence: number
  /** Of its earliest row, ms. */
  readonly startsAt: number
  readonly rows: number
}

/** What a commit put into the table. */
export interface Committed {
  readonly range: BatchRange
  readonly messages: readonly Published[]
}

/** Where a reader of the stream is. */
export interface FakeReader {
  at: Offset
  seen: number | undefined
  isClosed: boolean
}

/** For tests: a stream and the table that it goes to, without any time of their own. */
export interface StreamAndTable {
  readonly created: string
  readonly last: number
  /** All that was ever acknowledged, by serial number from 1 on. */
  readonly published: readonly Published[]
  readonly committed: readonly Committed[]
  /** Recorded, each as often as it was. */
  readonly losses: LostMessages[]
  /** Serial numbers of the messages that are lost of the stream as it is. */
  readonly missing: ReadonlySet<number>
  stream(): StreamState
  offsets(): TableOffsets
  /** The serial number of the message that the stream holds there. */
  at(sequence: number): number | undefined
  /** The next reading; undefined when nothing has come. */
  read(reader: FakeReader): Reading | undefined
  /** By compare-and-set. @returns whether the table took it */
  commit(one: Committed): boolean
  /** What the table holds of the stream as it is, under its newest name, and the serial number of the message there. */
  archived(): { readonly sequence: number; readonly serial: number | undefined }
  publish(one: Pick<Published, 'startsAt' | 'rows'>): void
  /** Removes messages: purged, or lost. */
  remove(which: (sequence: number) => boolean, isLost: boolean): void
  rollBack(last: number): void
  recreate(): void
}

const BYTES = 10
const AT_ONCE = 4
const DAY_MS = 86_400_000

/** Invariant: what a commit counts is what it holds, and what it tells to be lost. */
const checkCommit = ({ range: { appId, from, to, losses }, messages }: Committed): void => {
  const { created, epoch } = parseAppId(appId)!
  const own = losses.filter((one) => one.created === created && one.epoch === epoch)
  const isTold = (sequence: number): boolean => own.some((one) => one.from <= sequence && sequence <= one.to!)
  const held = messages.map(({ sequence }) => sequence)
  // What lies before an epoch's first message was another epoch's to commit.
  const first = epoch > 0 && from === 0 ? Math.min(...held, ...own.map((one) => one.from)) : from + 1
  const expected: number[] = []
  for (let sequence = first; sequence <= to; sequence++) if (!isTold(sequence)) expected.push(sequence)
  if (held.join() !== expected.join())
    throw new Error(`${appId} ${from}-${to} holds ${held.join()}, not ${expected.join()}`)
}

export const createStreamAndTable = (): StreamAndTable => {
  let creations = 0
  const creation = (): string => new Date(++creations * DAY_MS).toISOString()
  let created = creation()
  let last = 0
  let messages = new Map<number, Published>()
  const published: Published[] = []
  const committed: Committed[] = []
  const missing = new Set<number>()
  const txns = new Map<string, number>()
  const txnTimes = new Map<string, number>()

  const stream = (): StreamState => {
    const sequences = [...messages.keys()]
    const first = sequences.length === 0 ? last + 1 : Math.min(...sequences)
    return { created, first, last, messages: sequences.length, bytes: sequences.length * BYTES }
  }
  const at = (sequence: number): number | undefined => messages.get(sequence)?.serial
  const movesFrom = (first: number): StoredMove[] => {
    const moves: StoredMove[] = []
    for (let sequence = first; messages.has(sequence) && moves.length < AT_ONCE; sequence++) {
      const timestampMs = at(sequence)!
      moves.push({ sequence, timestampMs, subject: '', header: () => undefined, data: new Uint8Array(0) })
    }
    return moves
  }
  return {
    get created() {
      return created
    },
    get last() {
      return last
    },
    published,
    committed,
    losses: [],
    missing,
    stream,
    offsets: () => ({ txns: new Map(txns), txnTimes: new Map(txnTimes) }),
    at,
    read: (reader) => {
      if (reader.isClosed) return { kind: 'closed' }
      const verdict = judge(reader.at, stream(), at(reader.at.sequence))
      if (verdict.kind === 'recreated' || verdict.kind === 'rolled-back') return { ...verdict, seen: reader.seen }
      reader.seen = Math.max(reader.seen ?? 0, last)
      const from = reader.at.sequence + 1
      const next = Math.min(...[...messages.keys()].filter((sequence) => sequence >= from), last + 1)
      if (next > from) {
        reader.at = { created, sequence: next - 1 }
        return { kind: 'gap', from, to: next - 1 }
      }
      const moves = movesFrom(next)
      const end = moves.at(-1)
      if (end === undefined) return undefined
      reader.at = { created, sequence: end.sequence, timestampMs: end.timestampMs }
      return { kind: 'moves', moves }
    },
    commit: (one) => {
      const { appId, from, to, toTimestampMs } = one.range
      if ((txns.get(appId) ?? 0) !== from) return false
      checkCommit(one)
      txns.set(appId, to)
      if (toTimestampMs === undefined) txnTimes.delete(appId)
      else txnTimes.set(appId, toTimestampMs)
      committed.push(one)
      return true
    },
    archived: () => {
      let newest: { appId: string; epoch: number } | undefined
      for (const appId of txns.keys()) {
        const parsed = parseAppId(appId)!
        if (parsed.created === created && parsed.epoch >= (newest?.epoch ?? 0)) newest = { appId, epoch: parsed.epoch }
      }
      const appId = newest?.appId ?? ''
      return { sequence: txns.get(appId) ?? 0, serial: txnTimes.get(appId) }
    },
    publish: (one) => {
      last++
      const message = { ...one, serial: published.length + 1, created, sequence: last }
      published.push(message)
      messages.set(last, message)
    },
    remove: (which, isLost) => {
      for (const [sequence, { serial }] of messages) {
        if (!which(sequence)) continue
        messages.delete(sequence)
        if (isLost) missing.add(serial)
      }
    },
    rollBack: (to) => {
      last = to
      for (const sequence of messages.keys()) if (sequence > to) messages.delete(sequence)
      for (const serial of missing) if (published[serial - 1].sequence > to) missing.delete(serial)
    },
    recreate: () => {
      created = creation()
      last = 0
      messages = new Map()
      missing.clear()
    },
  }
}
