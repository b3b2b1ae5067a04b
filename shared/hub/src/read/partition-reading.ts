import type { Reading, ReaderState, StoredMove } from './reading.ts'
import { judge, type Offset, type StreamState, type Verdict } from './stream-verdict.ts'

/**
 * What a reader of a partition knows, and what it does about what happens to it; the server, its consumer and time are the driver's (`readPartition`).
 * Invariant, contiguity: the sequences handed out are offset + 1, + 2, …; anything else is told in its place as a reading of its own.
 */
export interface PartitionReading {
  /** Takes in what happened. @returns what the driver is to do about it, in this order */
  step(event: ReadingEvent): ReadingEffect[]
  /** The next reading to hand out; undefined while there is none. */
  take(): Reading | undefined
  /** What was handed out so far. */
  position(): Offset
  /** By the last look. */
  stream(): StreamState | undefined
  /** The last sequence of the stream that is read, as far as it was seen to be the one. */
  seen(): number | undefined
  /** What a look is to be judged by; undefined when there is nothing to look for. */
  lookFor(): Look | undefined
}

/** A look at the stream: changes of the reader meanwhile show by another `epoch`. */
export interface Look {
  readonly epoch: number
  readonly received: Offset
}

/** What happened. Of what was begun under an earlier epoch the answer counts no more. */
export type ReadingEvent =
  /** Somebody waits for a reading. */
  | { readonly kind: 'wanted' }
  /** Somebody has taken a reading. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'connected' | 'disconnected' | 'closed' }
  | { readonly kind: 'seek'; readonly offset: Offset }
  /** The stream as it is. `storedAtMs`: when the witness was stored; undefined when it is not there. */
  | {
      readonly kind: 'found' | 'confirmed'
      readonly epoch: number
      readonly stream: StreamState
      readonly storedAtMs: number | undefined
    }
  /** A consumer stands. */
  | { readonly kind: 'consuming'; readonly epoch: number }
  | { readonly kind: 'open-failed'; readonly reason: string }
  | { readonly kind: 'retry' }
  | {
      readonly kind: 'delivered'
      readonly epoch: number
      /** Each delivery of the consumer counts one up. */
      readonly delivered: number
      readonly bytes: number
      readonly move: StoredMove
    }
  | { readonly kind: 'ask-ended' | 'consumer-lost'; readonly epoch: number }
  | { readonly kind: 'looked'; readonly look: Look; readonly stream: StreamState }
  | { readonly kind: 'stream-missing'; readonly look: Look }

/** The last message that was read: when it was stored tells the stream from one that was rolled back and has grown again. */
export interface Witness {
  readonly sequence: number
  readonly timestampMs: number
}

/** What is to be done. */
export type ReadingEffect =
  /** Find the stream, and when the witness was stored. */
  | { readonly kind: 'find'; readonly epoch: number; readonly witness: Witness | undefined }
  /** Make a consumer from this sequence on. */
  | { readonly kind: 'consume'; readonly epoch: number; readonly from: number }
  /**
   * As `find`, now that the consumer stands. Between the two the stream may have been made again, or restored and have grown; from now on that would end the
   * consumer.
   */
  | { readonly kind: 'confirm'; readonly epoch: number; readonly witness: Witness | undefined }
  /** Close the consumer. */
  | { readonly kind: 'drop' }
  /** Ask the consumer for more, until enough is on its way. */
  | { readonly kind: 'ask' }
  /** Say `retry` after a moment. */
  | { readonly kind: 'retry-later' }
  /** Let who waits look again. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'tell'; readonly state: ReaderState }

const witnessOf = ({ sequence, timestampMs }: Offset): Witness | undefined =>
  timestampMs === undefined ? undefined : { sequence, timestampMs }

type Found = ReadingEvent & { readonly kind: 'found' | 'confirmed' }

/** @param askBytes no more is asked for while so much waits to be taken */
export const createPartitionReading = (from: Offset, askBytes: number): PartitionReading => {
  let position: Offset = from
  /** In `ahead`, or handed out. */
  let received: Offset = from
  /** Stays over a gap. */
  let witness = witnessOf(from)
  let ahead: Reading[] = []
  let aheadBytes = 0
  /** The stream is not the one that was read: nothing else is handed out until `seek`. */
  let halt: Reading | undefined
  let stream: StreamState | undefined
  /** The last sequence of the stream that was read, found to be the one: of one that was made again or rolled back it is the earlier state's. */
  let seen: number | undefined
  let delivered = 0
  let epoch = 0
  let consumer: 'none' | 'opening' | 'open' = 'none'
  let isConnected = false
  let isWanted = false
  let isClosed = false
  let told: ReaderState | undefined
  let effects: ReadingEffect[] = []

  const become = (state: ReaderState): void => {
    const isSame =
      told?.state === state.state &&
      (state.state === 'reading' || told.state === 'reading' || told.reason === state.reason)
    if (isSame) return
    told = state
    effects.push({ kind: 'tell', state })
  }
  const drop = (): void => {
    epoch++
    if (consumer === 'open') {
      consumer = 'none'
      effects.push({ kind: 'drop' })
    }
  }
  const wake = (): void => {
    if (!isWanted) return
    isWanted = false
    effects.push({ kind: 'wake' })
  }
  const push = (reading: Reading): void => {
    ahead.push(reading)
    wake()
  }
  /** At most one opening is under way; one that was overtaken ends first. */
  const open = (): void => {
    if (isClosed || !isConnected || halt !== undefined || consumer !== 'none') return
    consumer = 'opening'
    effects.push({ kind: 'find', epoch, witness })
  }
  const reopen = (): void => {
    drop()
    if (isWanted) open()
  }
  const ask = (): void => {
    if (consumer === 'open' && aheadBytes < askBytes) effects.push({ kind: 'ask' })
  }
  const skip = (first: number, to: number): void => {
    push({ kind: 'gap', from: first, to })
    received = { sequence: to, ...(received.created === undefined ? {} : { created: received.created }) }
  }
  /** @returns whether reading may go on */
  const obey = (verdict: Verdict): boolean => {
    if (verdict.kind === 'recreated' || verdict.kind === 'rolled-back') {
      if (halt === undefined) {
        halt = { ...verdict, seen }
        drop()
        push(halt)
      }
      return false
    }
    if (verdict.kind === 'gap') skip(verdict.from, verdict.to)
    return true
  }

  /** Ends an opening that has come to nothing. */
  const giveUp = (): void => {
    consumer = 'none'
    effects.push({ kind: 'drop' })
  }
  const found = ({ kind, epoch: begun, stream: now, storedAtMs }: Found): void => {
    if (begun !== epoch) {
      giveUp()
      return open()
    }
    stream = now
    const known = witness === undefined ? received : { ...received, timestampMs: witness.timestampMs }
    if (!obey(judge(known, now, storedAtMs))) return giveUp()
    received = { ...received, created: now.created }
    if (kind === 'found') {
      effects.push({ kind: 'consume', epoch, from: received.sequence + 1 })
      return
    }
    consumer = 'open'
    delivered = 0
    seen = Math.max(seen ?? 0, now.last)
    become({ state: 'reading' })
    if (isWanted) ask()
  }
  const consuming = (begun: number): void => {
    if (begun === epoch && !isClosed) {
      effects.push({ kind: 'confirm', epoch, witness })
      return
    }
    giveUp()
    open()
  }
  const take = ({ delivered: count, bytes, move }: ReadingEvent & { readonly kind: 'delivered' }): void => {
    const { sequence, timestampMs } = move
    if (count !== delivered + 1 || sequence <= received.sequence) return reopen()
    delivered++
    if (sequence > received.sequence + 1) skip(received.sequence + 1, sequence - 1)
    received = { ...received, sequence, timestampMs }
    witness = { sequence, timestampMs }
    aheadBytes += bytes
    const tail = ahead.at(-1)
    if (tail?.kind === 'moves') (tail.moves as StoredMove[]).push(move)
    else ahead.push({ kind: 'moves', moves: [move] })
    wake()
  }
  const looked = ({ look, stream: now }: ReadingEvent & { readonly kind: 'looked' }): void => {
    if (look.epoch !== epoch) return
    stream = now
    // An opening looks for itself, and more closely.
    if (consumer !== 'open') return
    const verdict = judge(look.received, now)
    if (verdict.kind === 'contiguous') seen = Math.max(seen ?? 0, now.last)
    // What came while the answer was under way can only fill what looked like a gap.
    const isGap = verdict.kind === 'gap'
    obey(isGap ? judge(received, { ...now, last: Math.max(now.last, received.sequence) }) : verdict)
  }
  const seek = (offset: Offset): void => {
    seen = undefined
    drop()
    ahead = []
    aheadBytes = 0
    halt = undefined
    position = offset
    received = offset
    witness = witnessOf(offset)
    if (isWanted) open()
  }

  const happen = (event: ReadingEvent): void => {
    switch (event.kind) {
      case 'wanted':
        isWanted = true
        if (consumer === 'open') ask()
        else open()
        return
      case 'taken':
        return ask()
      case 'connected':
        isConnected = true
        if (isWanted) open()
        return
      case 'disconnected':
        isConnected = false
        drop()
        return become({ state: 'waiting', reason: 'no connection to the hub' })
      case 'closed':
        isClosed = true
        drop()
        return wake()
      case 'seek':
        return seek(event.offset)
      case 'found':
      case 'confirmed':
        return found(event)
      case 'consuming':
        return consuming(event.epoch)
      case 'open-failed':
        effects.push({ kind: 'drop' })
        become({ state: 'waiting', reason: event.reason })
        effects.push({ kind: 'retry-later' })
        return
      case 'retry':
        consumer = 'none'
        return open()
      case 'delivered':
        if (event.epoch === epoch && consumer === 'open') take(event)
        return
      case 'ask-ended':
        if (event.epoch === epoch && isWanted) ask()
        return
      case 'consumer-lost':
        if (event.epoch === epoch) reopen()
        return
      case 'looked':
        return looked(event)
      case 'stream-missing':
        if (event.look.epoch === epoch && consumer === 'open') reopen()
    }
  }

  return {
    step: (event) => {
      effects = []
      if (!isClosed || event.kind === 'consuming') happen(event)
      return effects
    },
    take: () => {
      if (isClosed) return { kind: 'closed' }
      const reading = ahead.shift() ?? halt
      if (reading?.kind === 'moves') {
        const { sequence, timestampMs } = reading.moves[reading.moves.length - 1]
        position = { ...position, sequence, timestampMs }
        aheadBytes = 0
      }
      if (reading?.kind === 'gap') position = { sequence: reading.to }
      return reading
    },
    position: () => ({ ...position, ...(received.created === undefined ? {} : { created: received.created }) }),
    stream: () => stream,
    seen: () => seen,
    lookFor: () =>
      isClosed || halt !== undefined || received.created === undefined || !isConnected
        ? undefined
        : { epoch, received },
  }
}
