import { type Cursor, refusalOf } from '@fleetlake/broker'
import { moveStreamName } from '@fleetlake/contracts'
import { reasonOf, sleep } from '@fleetlake/core'
import type { Hub, HubStatus } from '../connection/hub.ts'
import { createPartitionReading, type ReadingEffect, type ReadingEvent, type Witness } from './partition-reading.ts'
import type { PartitionReader, ReadOptions } from './reading.ts'

const MIB = 1024 * 1024
const ASK_BYTES = 2 * MIB
const LEAST_ASK_BYTES = 128 * 1024
const ASKS = 2
const LOOK_MS = 1_000
const TICK_MS = 250
const RETRY_MS = 100

/** Reads the moves of a partition in order, from an offset; comes back by itself whatever happens to the server. What it does is `createPartitionReading`'s. */
export const readPartition = (hub: Hub, options: ReadOptions): PartitionReader => {
  const { partition, onState = () => undefined } = options
  const askBytes = Math.min(ASK_BYTES, Math.max(options.askBytes ?? ASK_BYTES, LEAST_ASK_BYTES))
  const name = moveStreamName(partition)
  const { streams } = hub
  const reading = createPartitionReading(options.from, askBytes)
  let consumer: Cursor | undefined
  let consumerEpoch = 0
  let wake: (() => void) | undefined

  const happen = (event: ReadingEvent): void => {
    for (const effect of reading.step(event)) carryOut(effect)
  }
  const carryOut = (effect: ReadingEffect): void => {
    switch (effect.kind) {
      case 'find':
        return attempt(() => find('found', effect))
      case 'confirm':
        return attempt(() => find('confirmed', effect))
      case 'consume':
        return attempt(() => consume(effect))
      case 'drop':
        consumer?.close()
        consumer = undefined
        return
      case 'ask':
        if (hub.control.isOpen()) while (consumer !== undefined && consumer.asksOut() < ASKS) consumer.ask()
        return
      case 'retry-later':
        void sleep(RETRY_MS).then(() => happen({ kind: 'retry' }))
        return
      case 'wake':
        // After what else has arrived by now: a batch costs less than its messages one by one.
        if (wake !== undefined) setImmediate(wake)
        wake = undefined
        return
      case 'tell':
        return onState(effect.state)
    }
  }
  const attempt = (work: () => Promise<void>): void =>
    void work().catch((error: unknown) => {
      const isMissing = refusalOf(error) === 'stream-missing'
      happen({ kind: 'open-failed', reason: isMissing ? `the hub has no stream ${name}` : reasonOf(error) })
    })

  const find = async (
    kind: 'found' | 'confirmed',
    { epoch, witness }: { readonly epoch: number; readonly witness: Witness | undefined },
  ): Promise<void> => {
    const stream = await streams.info(name)
    const isThere = witness !== undefined && witness.sequence >= stream.first && witness.sequence <= stream.last
    const stored = isThere ? await streams.message(name, { sequence: witness.sequence }) : undefined
    happen({ kind, epoch, stream, storedAtMs: stored?.timestampMs })
  }
  const consume = async ({ epoch, from }: { readonly epoch: number; readonly from: number }): Promise<void> => {
    consumer = await streams.openCursor(name, {
      from,
      askBytes,
      onMessage: (move, delivered) => happen({ kind: 'delivered', epoch, delivered, bytes: move.data.length, move }),
      onAskEnd: () => happen({ kind: 'ask-ended', epoch }),
      onGone: () => happen({ kind: 'consumer-lost', epoch }),
    })
    consumerEpoch = epoch
    happen({ kind: 'consuming', epoch })
  }

  /** Each second: a stream that is changed under a reader may leave its consumer silent. */
  const look = async (): Promise<void> => {
    const begun = reading.lookFor()
    if (begun === undefined) return
    try {
      happen({ kind: 'looked', look: begun, stream: await streams.info(name) })
    } catch (error) {
      if (refusalOf(error) === 'stream-missing') happen({ kind: 'stream-missing', look: begun })
    }
  }
  let tickedAt = performance.now()
  const tick = (): void => {
    const now = performance.now()
    if (now - tickedAt > 2 * TICK_MS) consumer?.forgiveSilence(now)
    tickedAt = now
    if (consumer?.isSilent(now) === true) happen({ kind: 'consumer-lost', epoch: consumerEpoch })
  }
  const ticking = setInterval(tick, TICK_MS)
  const looking = setInterval(() => void look(), LOOK_MS)
  const follow = ({ state }: HubStatus): void => {
    if (state === 'connected') return happen({ kind: 'connected' })
    happen({ kind: 'disconnected' })
    if (state === 'closed') void close()
  }
  const stopFollowing = hub.onStatus(follow)
  const close = async (): Promise<void> => {
    clearInterval(ticking)
    clearInterval(looking)
    stopFollowing()
    happen({ kind: 'closed' })
  }
  if (hub.status().state === 'connected') happen({ kind: 'connected' })

  return {
    partition,
    next: async () => {
      for (;;) {
        const taken = reading.take()
        if (taken !== undefined) {
          if (taken.kind !== 'closed') happen({ kind: 'taken' })
          return taken
        }
        await new Promise<void>((resolve) => {
          wake = resolve
          happen({ kind: 'wanted' })
        })
      }
    },
    position: reading.position,
    info: reading.stream,
    seen: reading.seen,
    seek: (offset) => happen({ kind: 'seek', offset }),
    close,
  }
}
