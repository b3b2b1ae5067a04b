import { setTimeout as delay } from 'node:timers/promises'
import { moveStreamName } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import type { StreamInfo } from '@nats-io/jetstream'
import type { Msg } from '@nats-io/nats-core'
import { headerOf, headersOf } from './cloud-event.ts'
import type { Delivery } from './delivery.ts'
import type { Hub } from './hub.ts'
import { API_CODES, apiCodeOf, streamsOf } from './jet-stream.ts'
import { openPullConsumer, type PullConsumer } from './pull-consumer.ts'
import type { PartitionReader, Reading, ReaderState, ReadOptions, StoredMove } from './reading.ts'
import { judge, type Offset, type StreamState, type Verdict } from './stream-verdict.ts'

const MIB = 1024 * 1024
const ASK_BYTES = 2 * MIB
const LEAST_ASK_BYTES = 128 * 1024
const ASKS = 2
const LOOK_MS = 1_000
const TICK_MS = 250
const RETRY_MS = 100

/** Reads the moves of a partition in order, from an offset; comes back by itself whatever happens to the server. */
export const readPartition = (hub: Hub, options: ReadOptions): PartitionReader => {
  const { partition, onState = () => undefined } = options
  const askBytes = Math.min(ASK_BYTES, Math.max(options.askBytes ?? ASK_BYTES, LEAST_ASK_BYTES))
  const name = moveStreamName(partition)
  /** Handed out by `next`. */
  let position: Offset = options.from
  /** In `ahead`, or handed out. */
  let received: Offset = options.from
  let ahead: Reading[] = []
  let aheadBytes = 0
  let halt: Reading | undefined
  let stream: StreamState | undefined
  /** The last sequence of the stream that was read, found to be the one: of one that was made again or rolled back it is the earlier state's. */
  let seen: number | undefined
  let consumer: PullConsumer | undefined
  let delivered = 0
  /** Changes with each seek and loss of the consumer: what belongs to an earlier one is ignored. */
  let epoch = 0
  let isOpening = false
  let isClosed = false
  let wake: (() => void) | undefined
  let state: ReaderState | undefined

  const become = (next: ReaderState): void => {
    const isSame =
      state?.state === next.state &&
      (state.state === 'reading' || (next.state === 'waiting' && state.reason === next.reason))
    if (isSame) return
    state = next
    onState(next)
  }
  const wakeUp = (): void => {
    const waiting = wake
    wake = undefined
    // After what else has arrived by now: a batch costs less than its messages one by one.
    if (waiting !== undefined) setImmediate(waiting)
  }
  const drop = (): void => {
    epoch++
    consumer?.close()
    consumer = undefined
  }
  const push = (reading: Reading): void => {
    ahead.push(reading)
    wakeUp()
  }
  const stop = (reading: Reading): void => {
    if (halt !== undefined) return
    halt = reading
    drop()
    push(reading)
  }
  const skip = (from: number, to: number): void => {
    push({ kind: 'gap', from, to })
    received = { sequence: to, ...(received.created === undefined ? {} : { created: received.created }) }
  }
  /** @returns whether reading may go on */
  const obey = (verdict: Verdict): boolean => {
    if (verdict.kind === 'recreated' || verdict.kind === 'rolled-back') {
      stop({ ...verdict, seen })
      return false
    }
    if (verdict.kind === 'gap') skip(verdict.from, verdict.to)
    return true
  }

  const take = (delivery: Delivery, message: Msg): void => {
    const { sequence, timestampMs } = delivery
    if (delivery.delivered !== delivered + 1 || sequence <= received.sequence) return reopen()
    delivered++
    if (sequence > received.sequence + 1) skip(received.sequence + 1, sequence - 1)
    received = { ...received, sequence, timestampMs }
    const move = storedMove(delivery, message)
    aheadBytes += message.data.length
    const tail = ahead.at(-1)
    if (tail?.kind === 'moves') (tail.moves as StoredMove[]).push(move)
    else ahead.push({ kind: 'moves', moves: [move] })
    wakeUp()
  }
  const askMore = (): void => {
    if (consumer === undefined || hub.connection.isClosed() || aheadBytes >= askBytes) return
    while (consumer.asksOut() < ASKS) consumer.ask()
  }
  const reopen = (): void => {
    drop()
    if (wake !== undefined) void open()
  }

  const tryOpen = async (): Promise<void> => {
    const opened = epoch
    const isStale = (): boolean => epoch !== opened || isClosed
    const streams = await streamsOf(hub)
    const found = stateOf(await streams.streams.info(name))
    if (isStale()) return
    const { sequence, timestampMs } = received
    const isThere = timestampMs !== undefined && sequence >= found.first && sequence <= found.last
    const stored = isThere ? await streams.streams.getMessage(name, { seq: sequence }) : null
    if (isStale()) return
    stream = found
    if (!obey(judge(received, found, stored === null ? undefined : stored.time.getTime()))) return
    received = { ...received, created: found.created }
    const made = await openPullConsumer(hub, {
      stream: name,
      from: received.sequence + 1,
      askBytes,
      onMessage: (delivery, message) => {
        if (!isStale()) take(delivery, message)
      },
      onAskEnd: () => {
        if (!isStale() && wake !== undefined) askMore()
      },
      onGone: () => {
        if (!isStale()) reopen()
      },
    })
    if (isStale()) return made.close()
    delivered = 0
    consumer = made
    seen = Math.max(seen ?? 0, found.last)
    become({ state: 'reading' })
    if (wake !== undefined) askMore()
  }
  const mayOpen = (): boolean =>
    !isClosed && consumer === undefined && halt === undefined && hub.status().state === 'connected'
  const open = async (): Promise<void> => {
    if (isOpening) return
    isOpening = true
    while (mayOpen()) {
      try {
        await tryOpen()
      } catch (error) {
        const isMissing = apiCodeOf(error) === API_CODES.streamNotFound
        become({ state: 'waiting', reason: isMissing ? `the hub has no stream ${name}` : reasonOf(error) })
        await delay(RETRY_MS)
      }
    }
    isOpening = false
  }

  /** Each second: a stream that is changed under a reader may leave its consumer silent. */
  const look = async (): Promise<void> => {
    if (halt !== undefined || received.created === undefined || hub.status().state !== 'connected') return
    const looked = epoch
    const before = received
    try {
      const streams = await streamsOf(hub)
      const found = stateOf(await streams.streams.info(name))
      if (epoch !== looked || isClosed) return
      stream = found
      const verdict = judge(before, found)
      // What came while the answer was under way can only fill what looked like a gap.
      if (consumer !== undefined && verdict.kind === 'contiguous') seen = Math.max(seen ?? 0, found.last)
      obey(
        verdict.kind === 'gap' ? judge(received, { ...found, last: Math.max(found.last, received.sequence) }) : verdict,
      )
    } catch (error) {
      if (apiCodeOf(error) === API_CODES.streamNotFound && epoch === looked) reopen()
    }
  }
  let tickedAt = performance.now()
  const tick = (): void => {
    const now = performance.now()
    if (now - tickedAt > 2 * TICK_MS) consumer?.forgiveSilence(now)
    tickedAt = now
    if (consumer?.isSilent(now) === true) reopen()
  }
  const ticking = setInterval(tick, TICK_MS)
  const looking = setInterval(() => void look(), LOOK_MS)
  const stopFollowing = hub.onStatus((status) => {
    if (status.state === 'connected') {
      if (wake !== undefined) void open()
      return
    }
    drop()
    become({ state: 'waiting', reason: 'no connection to the hub' })
    if (status.state === 'closed') void close()
  })
  const close = async (): Promise<void> => {
    if (isClosed) return
    isClosed = true
    clearInterval(ticking)
    clearInterval(looking)
    stopFollowing()
    drop()
    wakeUp()
  }

  const hand = (reading: Reading): Reading => {
    if (reading.kind === 'moves') {
      const { sequence, timestampMs } = reading.moves[reading.moves.length - 1]
      position = { ...position, sequence, timestampMs }
      aheadBytes = 0
    }
    if (reading.kind === 'gap') position = { sequence: reading.to }
    return reading
  }

  return {
    partition,
    next: async () => {
      for (;;) {
        if (isClosed) return { kind: 'closed' }
        const reading = ahead.shift() ?? halt
        if (reading !== undefined) {
          const handed = hand(reading)
          askMore()
          return handed
        }
        await new Promise<void>((resolve) => {
          wake = resolve
          if (consumer === undefined) void open()
          else askMore()
        })
      }
    },
    position: () => ({ ...position, ...(received.created === undefined ? {} : { created: received.created }) }),
    info: () => stream,
    seek: (offset) => {
      seen = undefined
      drop()
      ahead = []
      aheadBytes = 0
      halt = undefined
      position = offset
      received = offset
      if (wake !== undefined) void open()
    },
    close,
  }
}

const storedMove = ({ sequence, timestampMs }: Delivery, message: Msg): StoredMove => ({
  sequence,
  timestampMs,
  get subject() {
    return message.subject
  },
  header: (name) => headerOf(headersOf(message), name),
  get data() {
    return message.data
  },
})

export const stateOf = ({ created, state }: StreamInfo): StreamState => ({
  created,
  first: state.messages === 0 ? state.last_seq + 1 : state.first_seq,
  last: state.last_seq,
  messages: state.messages,
  bytes: state.bytes,
})
