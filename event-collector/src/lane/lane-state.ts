import { moveStreamName, type StreamMark } from '@fleetlake/contracts'
import {
  appIdOf,
  beginAt,
  isOutdated,
  isOvertaken,
  judge,
  type Offset,
  type Origin,
  type Reading,
  type StoredMove,
  type StreamState,
  type TableOffsets,
} from '@fleetlake/hub'
import { endsWindow, isDue, type SealOptions } from '../core/seal.ts'
import type { BatchRange, BatchStart, LostMessages } from './batch.ts'
import { bufferStateOf, type Filling, fillTo, rangeOf, startFilling, uncommittedBytes } from './filling.ts'
import { addFormer, type Former, type Gone, goneWith, timeOf } from './gone-with.ts'

/**
 * What a lane knows, and what it does about what happens to it; the hub, the table, columns and time are the driver's (`createLane`). Invariants: at most one
 * sealed batch waits for the flush while the next one fills, and a sealed batch never changes; batches are contiguous and in the order of the stream; before a lane
 * begins again at the table's offset, what it has buffered is committed or given up; no batch passes a message that is missing without telling the loss.
 */
export interface LaneState {
  /** Takes in what happened. @returns what the driver is to do about it, in this order */
  step(event: LaneEvent, nowMs: number): LaneEffect[]
  /** Whether the messages of the last `take` are still wanted. */
  isTaking(): boolean
  /** Up to where the table holds the stream that is read; undefined until that is known, and while the lane begins again. */
  offset(): Offset | undefined
  /**
   * How far the stream was seen filled, for those who come after this lane; undefined while nothing is known that the table does not tell.
   * @param seen the last sequence that the reader has seen it hold
   */
  mark(seen: number | undefined): StreamMark | undefined
  /** When the server stored the oldest message that is read and not committed. */
  oldestStoredAt(): number | undefined
}

/** What happened. One thing that takes time is under way at most: its answer, or `failed`, is told before anything else is begun. */
export type LaneEvent =
  /** `mark`: how far others have seen the stream filled, as far as it is known. */
  | { readonly kind: 'started'; readonly mark?: StreamMark | undefined }
  /** The stream as it is, what the table holds, and when the witness, and the last message, were stored; undefined when it is not there, or was not asked for. */
  | {
      readonly kind: 'looked'
      readonly stream: StreamState
      readonly offsets: TableOffsets
      readonly storedAt: number | undefined
      readonly lastStoredAt: number | undefined
    }
  /** `stream`: by the reader's last look. */
  | { readonly kind: 'read'; readonly reading: Reading; readonly stream: StreamState | undefined }
  | { readonly kind: 'entered'; readonly isCareful: boolean }
  /**
   * The next message of a `take`. `startsAt`: of its earliest row, ms since the epoch; NaN when it does not say. `isDamaged`: its bytes are not those that were published; it comes
   * into the batch as a dead letter.
   */
  | {
      readonly kind: 'decoded'
      readonly sequence: number
      readonly storedAt: number
      readonly startsAt: number
      readonly isDamaged?: boolean
    }
  /** The message that was decoded last is in the batch that is being filled, which holds so much now. */
  | { readonly kind: 'appended'; readonly rows: number; readonly bytes: number; readonly maxTime: number }
  /** The messages of a `take` are all taken in, or not wanted any more. */
  | { readonly kind: 'taken' }
  /** `nextStoredAt`: when the message after the gap was stored. */
  | { readonly kind: 'compared'; readonly offsets: TableOffsets; readonly nextStoredAt: number | undefined }
  | { readonly kind: 'paused' }
  /** What was under way has come to nothing. */
  | { readonly kind: 'failed'; readonly reason: string; readonly code?: string }
  /** The sealed batch is in the table. */
  | { readonly kind: 'committed' }
  /** The sealed batch is not in the table, nor may it come there. */
  | { readonly kind: 'given-up' }
  /** What is buffered is to be sealed at once. */
  | { readonly kind: 'seal' }
  /** A client waits until this sequence is in the table. */
  | { readonly kind: 'asked'; readonly created: string; readonly sequence: number }
  | { readonly kind: 'tick'; readonly stream: StreamState | undefined }
  /** Nothing more is to be read. */
  | { readonly kind: 'stopped' }

export type LaneEffect =
  /** Look at the stream and read the table's offsets, both as new as can be; say when the witness was stored, where there is one, and where it is asked for when the last message was. */
  | { readonly kind: 'look'; readonly witness: number | undefined; readonly asksLast: boolean }
  /** Read the stream from here on, in place of any earlier reader. */
  | { readonly kind: 'open-reader'; readonly from: Offset }
  /** Wakes who waits for a reading. */
  | { readonly kind: 'close-reader' }
  | { readonly kind: 'read' }
  /** Note on the hub that this lane reads here, and find out whether readers have ended abnormally, before the messages are decoded. */
  | { readonly kind: 'enter'; readonly moves: readonly StoredMove[] }
  /** Decode the messages one by one and say `decoded` of each; those up to `carefulThrough` in a process of their own. */
  | { readonly kind: 'take'; readonly moves: readonly StoredMove[]; readonly carefulThrough: number }
  /** Messages are missing, both inclusive: read the table's offsets, and when the message after them was stored. */
  | { readonly kind: 'compare'; readonly from: number; readonly to: number }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'open-batch'; readonly start: BatchStart }
  /** Put the message that was decoded last into the open batch, at once: nothing but `appended` or `failed` comes before it is there. */
  | { readonly kind: 'append' }
  | { readonly kind: 'seal'; readonly range: BatchRange }
  /** Give the columns of a batch back. */
  | { readonly kind: 'release'; readonly batch: 'open' | 'sealed' }
  /** This lane has come further than the readers that ended abnormally. */
  | { readonly kind: 'pass' }
  /** All is committed or given up: take the note from the hub; the lane has stopped. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'warn'; readonly what: Record<string, unknown>; readonly message: string }

export interface LaneStateOptions {
  readonly partition: number
  /** Room of the stream: a quarter of it read and not committed calls for a flush. */
  readonly maxStreamBytes: number
  readonly seal: SealOptions
}

export const FIRST_PAUSE_MS = 500
export const MOST_PAUSE_MS = 10_000

type Event<Kind extends LaneEvent['kind']> = Extract<LaneEvent, { readonly kind: Kind }>
/** What takes time, and its answers. */
type Work = Extract<LaneEffect, { readonly kind: 'look' | 'read' | 'enter' | 'take' | 'compare' | 'pause' }>
type Answer = Event<'looked' | 'read' | 'entered' | 'taken' | 'compared' | 'paused' | 'failed'>
/** Messages that are lost, as they are told of the stream that is read. */
type Stretch = Pick<LostMessages, 'from' | 'firstStored' | 'lastStored'> & { readonly to: number }
type Changed = Extract<Reading, { readonly kind: 'recreated' | 'rolled-back' }>

const APPEND: LaneEffect = { kind: 'append' }

const offsetAt = (created: string, sequence: number, timestampMs: number | undefined): Offset =>
  timestampMs === undefined ? { created, sequence } : { created, sequence, timestampMs }

export const createLaneState = ({ partition, maxStreamBytes, seal: sealing }: LaneStateOptions): LaneState => {
  const name = moveStreamName(partition)
  let nowMs = 0
  let effects: LaneEffect[] = []

  let underWay: Work | undefined
  let pauseMs = FIRST_PAUSE_MS
  let isStarted = false
  /** Reading is to begin, or to begin again, at the table's offset: once nothing is under way, and nothing buffered. */
  let isBeginning = true
  /** The hub is closed for good. */
  let isClosed = false
  let isStopped = false
  let hasLeft = false

  /** What is read; undefined once it is known to be gone. */
  let origin: Origin | undefined
  /** Up to where it was taken in since the lane began. */
  let position: Offset = { sequence: 0 }
  /** Up to where it was ever taken in: what was given up is read again. */
  let furthest: Offset = { sequence: 0 }
  let committed: Offset = { sequence: 0 }
  /** Others have seen the stream that is read filled up to here. */
  let marked: StreamMark | undefined
  /** By the reader's last look. */
  let stream: StreamState | undefined

  /** Of a stream that was rolled back: not to be read under again. */
  let spent: Origin | undefined
  /** What was read until it was found to be gone, while the stream is not looked at yet. */
  let gone: Gone | undefined
  /** Those of which the table may not know yet what is gone with them: until a batch is committed since the lane began. */
  let formers: readonly Former[] = []
  /** What is gone, for the first batch since the lane began. */
  let lossesToTell: readonly LostMessages[] = []

  let open: Filling | undefined
  /** The message that is being put into the open batch. */
  let appending: Event<'decoded'> | undefined
  let sealed: BatchRange | undefined
  /** A client waits for this sequence; 0 when none does. */
  let asked = 0

  /** Not before a message is read after a beginning. */
  let isEntered = false
  let hasPassed = false
  /** What the stream held when reading began: the messages that readers before this one met are among it. */
  let lastAtBegin = 0
  /** Messages up to here are decoded carefully. */
  let carefulThrough = 0

  const warn = (what: Record<string, unknown>, message: string): void => {
    effects.push({ kind: 'warn', what: { partition, ...what }, message })
  }
  const start = (work: Work): void => {
    underWay = work
    effects.push(work)
  }

  const openBatch = (): Filling => {
    if (open !== undefined) return open
    const { appId, created } = origin!
    const at = { partition, appId, created, from: sealed?.to ?? committed.sequence }
    open = startFilling(at, nowMs, lossesToTell)
    lossesToTell = []
    effects.push({ kind: 'open-batch', start: at })
    return open
  }
  /** Its messages are read again from the table's offset. */
  const dropOpen = (): void => {
    if (open !== undefined) effects.push({ kind: 'release', batch: 'open' })
    open = undefined
    appending = undefined
  }
  const seal = (): void => {
    if (sealed !== undefined || open === undefined) return
    sealed = rangeOf(open)
    if (open.damaged > 0) {
      warn(
        { messages: open.damaged, from: sealed.from + 1, to: sealed.to },
        'the bytes of messages are not those that were published: they are dead letters, and their rows are lost; see `fleet table losses`',
      )
    }
    open = undefined
    effects.push({ kind: 'seal', range: sealed })
  }
  const fillsStream = (batch: Filling): boolean =>
    stream !== undefined && uncommittedBytes(batch, committed.sequence, stream) >= maxStreamBytes / 4
  const sealIfDue = (): void => {
    if (open === undefined || sealed !== undefined) return
    const isAsked = asked > 0 && open.to >= asked
    if (isAsked || isDue(bufferStateOf(open, nowMs), sealing) || fillsStream(open)) seal()
  }
  const advance = (sequence: number, timestampMs: number | undefined): void => {
    fillTo(openBatch(), sequence, timestampMs)
    position = offsetAt(origin!.created, sequence, timestampMs)
    if (sequence > furthest.sequence) furthest = position
  }

  const beginAgain = (): void => {
    isBeginning = true
    effects.push({ kind: 'close-reader' })
  }
  /** The stream is not what was read any more. */
  const change = ({ kind, stream: now, seen = 0 }: Changed): void => {
    if (kind === 'recreated') {
      warn({ created: now.created }, 'the stream was made again; reading it from its beginning')
    } else {
      const what = { last: now.last, committed: committed.sequence }
      warn(what, 'the stream was restored to an earlier state; reading it again, rows may be doubled')
      spent = origin
    }
    const last = Math.max(furthest.sequence, seen)
    const isNoted = marked !== undefined
    gone = { origin: origin!, last, storedAt: furthest.timestampMs, ...(isNoted ? { isNoted } : {}) }
    origin = undefined
  }
  /** What others have seen counts as read, until the table tells it. */
  const takeOver = (mark: StreamMark): void => {
    const { created, epoch, from, sequence, timestampMs } = mark
    const committedOf = { created, sequence: 0 }
    const appId = appIdOf(name, created, epoch)
    origin = { appId, created, epoch, committed: committedOf, from: { created, sequence: from } }
    furthest = offsetAt(created, sequence, timestampMs)
    marked = mark
  }
  const forgetMark = (): void => {
    origin = undefined
    furthest = { sequence: 0 }
    marked = undefined
  }
  const verdictOn = (now: StreamState, storedAt: number | undefined): ReturnType<typeof judge> | undefined => {
    if (origin === undefined) return undefined
    const verdict = judge(furthest, now, storedAt)
    const isGone = verdict.kind === 'recreated' || verdict.kind === 'rolled-back'
    return !isGone && marked !== undefined && now.last < marked.last ? { kind: 'rolled-back', stream: now } : verdict
  }
  const looked = ({ stream: now, offsets, storedAt, lastStoredAt }: Event<'looked'>): void => {
    if (marked !== undefined && isOutdated(marked, offsets)) forgetMark()
    const verdict = verdictOn(now, storedAt)
    if (verdict?.kind === 'recreated' || verdict?.kind === 'rolled-back') change({ ...verdict, seen: marked?.last })
    marked = undefined
    if (gone !== undefined) formers = addFormer(formers, gone, now, lastStoredAt)
    gone = undefined
    const next = beginAt(name, now, offsets, spent)
    const isSame = origin?.appId === next.appId
    // What goes missing before the first commit of an epoch is missing from where the epoch began.
    const hasBegun = isSame && next.committed.sequence === 0 && origin!.from.sequence < next.from.sequence
    const from = hasBegun ? origin!.from : next.from
    origin = { ...next, from }
    committed = next.committed
    position = from
    if (!isSame || furthest.sequence < from.sequence) furthest = from
    lossesToTell = goneWith({ partition, stream: name, origin, offsets, formers, nowMs })
    lastAtBegin = now.last
    carefulThrough = 0
    isEntered = false
    asked = 0
    stream = undefined
    isBeginning = false
    effects.push({ kind: 'open-reader', from })
  }

  const follow = (reading: Reading): void => {
    switch (reading.kind) {
      case 'closed':
        isClosed = true
        return
      case 'moves': {
        const { moves } = reading
        return start(isEntered ? { kind: 'take', moves, carefulThrough } : { kind: 'enter', moves })
      }
      case 'gap':
        return start({ kind: 'compare', from: reading.from, to: reading.to })
      case 'recreated':
      case 'rolled-back':
        change(reading)
        return beginAgain()
    }
  }
  const enter = (isCareful: boolean, moves: readonly StoredMove[]): void => {
    isEntered = true
    hasPassed = false
    if (isCareful) {
      carefulThrough = lastAtBegin
      warn(
        { from: position.sequence + 1, to: carefulThrough },
        'readers have ended abnormally here: each message is decoded alone, in a process of its own',
      )
    }
    start({ kind: 'take', moves, carefulThrough })
  }
  const isTaking = (): boolean => underWay?.kind === 'take' && !isBeginning && !isStopped
  const take = (message: Event<'decoded'>): void => {
    if (!isTaking()) return
    const { sequence, startsAt } = message
    if (sequence !== position.sequence + 1) throw new Error(`read ${sequence} after ${position.sequence}`)
    if (open !== undefined && endsWindow(bufferStateOf(open, nowMs), startsAt, sealing)) seal()
    openBatch()
    appending = message
    effects.push(APPEND)
  }
  /** Messages that follow upon those that were lost last are one loss with them: what is told of a batch does not grow with what is damaged in a row. */
  const lose = ({ from, to, firstStored, lastStored }: Stretch): void => {
    const { losses } = openBatch()
    const { created, epoch } = origin!
    const last = losses.at(-1)
    if (last?.created === created && last.epoch === epoch && last.to === from - 1) {
      losses[losses.length - 1] = { ...last, to, lastStored: Math.max(last.lastStored, lastStored) }
    } else losses.push({ partition, created, epoch, from, to, firstStored, lastStored })
  }
  const appended = (size: Event<'appended'>): void => {
    if (appending === undefined) return
    const { sequence, storedAt, isDamaged = false } = appending
    advance(sequence, storedAt)
    openBatch().size = size
    appending = undefined
    // The rows that the hub acknowledged are not to be had from these bytes: a loss, like a message that is missing.
    if (!isDamaged) return
    openBatch().damaged++
    lose({ from: sequence, to: sequence, firstStored: storedAt, lastStored: storedAt })
  }
  /** A gap that another owner has committed and purged is none; any other is a loss, which the open batch passes and tells. */
  const passGap = ({ from, to }: Extract<Work, { kind: 'compare' }>, answer: Event<'compared'>): void => {
    if (isOvertaken(origin!, { sequence: from, name }, answer.offsets)) {
      dropOpen()
      return beginAgain()
    }
    warn({ from, to }, 'messages are missing from the stream and are lost; see `fleet table losses`')
    const firstStored = position.timestampMs ?? timeOf(origin!.created)
    const lastStored = answer.nextStoredAt ?? nowMs
    lose({ from, to, firstStored, lastStored })
    advance(to, undefined)
    sealIfDue()
  }
  const fail = ({ reason, code }: Event<'failed'>): void => {
    warn({ pauseMs, ...(code === undefined ? {} : { code }) }, `reading starts again from the table: ${reason}`)
    beginAgain()
    start({ kind: 'pause', ms: pauseMs })
    pauseMs = Math.min(2 * pauseMs, MOST_PAUSE_MS)
  }

  /** The answer to what was begun before the lane had to begin again counts no more. */
  const answered = (answer: Answer): void => {
    const work = underWay
    underWay = undefined
    // A message of which a part may be in the batch is not in its range: the batch can't be sealed.
    if (appending !== undefined) dropOpen()
    if (isStopped) {
      if (answer.kind === 'entered' && hasLeft) effects.push({ kind: 'leave' })
      return
    }
    if (answer.kind === 'failed') return fail(answer)
    if (answer.kind === 'looked') return looked(answer)
    if (answer.kind === 'taken' || answer.kind === 'compared') pauseMs = FIRST_PAUSE_MS
    if (isBeginning) return
    if (answer.kind === 'read') {
      stream = answer.stream
      return follow(answer.reading)
    }
    if (answer.kind === 'entered' && work?.kind === 'enter') return enter(answer.isCareful, work.moves)
    if (answer.kind === 'compared' && work?.kind === 'compare') return passGap(work, answer)
    sealIfDue()
  }

  const releaseSealed = (): void => {
    sealed = undefined
    effects.push({ kind: 'release', batch: 'sealed' })
  }
  const commit = ({ created, to, toTimestampMs }: BatchRange): void => {
    committed = offsetAt(created, to, toTimestampMs)
    if (asked <= to) asked = 0
    formers = []
    // Those that ended abnormally here are forgotten once the table holds more than when they did.
    if (isEntered && !hasPassed && to >= carefulThrough) {
      hasPassed = true
      effects.push({ kind: 'pass' })
    }
    releaseSealed()
    sealIfDue()
  }
  const giveUp = (): void => {
    releaseSealed()
    dropOpen()
    beginAgain()
  }

  const happen = (event: LaneEvent): void => {
    switch (event.kind) {
      case 'started':
        isStarted = true
        if (event.mark !== undefined) takeOver(event.mark)
        return
      case 'decoded':
        return take(event)
      case 'appended':
        return appended(event)
      case 'committed':
        if (sealed !== undefined) commit(sealed)
        return
      case 'given-up':
        if (sealed !== undefined) giveUp()
        return
      case 'seal':
        return seal()
      case 'asked':
        if (origin?.created !== event.created) return
        asked = Math.max(asked, event.sequence)
        return sealIfDue()
      case 'tick':
        stream = event.stream
        return sealIfDue()
      case 'stopped':
        isStopped = true
        effects.push({ kind: 'close-reader' })
        return
      default:
        return answered(event)
    }
  }
  /** What there is to do whatever has happened. */
  const proceed = (): void => {
    if (isBeginning || isStopped) seal()
    const isEmpty = open === undefined && sealed === undefined
    if (isStopped) {
      if (isEmpty && !hasLeft) effects.push({ kind: 'leave' })
      hasLeft ||= isEmpty
      return
    }
    if (!isStarted || isClosed || underWay !== undefined) return
    if (!isBeginning) return start({ kind: 'read' })
    if (!isEmpty) return
    // What the table holds tells the reader itself whether the stream is still the one that was read.
    const isBeyond = origin !== undefined && furthest.sequence > committed.sequence
    const witness = isBeyond && furthest.timestampMs !== undefined ? furthest.sequence : undefined
    start({ kind: 'look', witness, asksLast: origin !== undefined || gone !== undefined })
  }

  return {
    step: (event, now) => {
      nowMs = now
      effects = []
      happen(event)
      proceed()
      return effects
    },
    isTaking,
    offset: () => {
      if (isBeginning || origin === undefined) return undefined
      // What lies before the first message of a new epoch was another's to commit.
      return committed.sequence > origin.from.sequence ? committed : origin.from
    },
    mark: (seen = 0) => {
      if (isBeginning || origin === undefined) return undefined
      const last = Math.max(furthest.sequence, seen)
      if (last <= committed.sequence) return undefined
      const { created, epoch, from } = origin
      const at = { partition, created, epoch, from: from.sequence }
      return { ...at, sequence: furthest.sequence, timestampMs: furthest.timestampMs, last }
    },
    oldestStoredAt: () => (sealed ?? open)?.fromTimestampMs,
  }
}
