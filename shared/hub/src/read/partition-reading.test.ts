import { createRandomStreams } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPartitionReading, type ReadingEffect, type ReadingEvent } from './partition-reading.ts'
import type { Reading, StoredMove } from './reading.ts'
import type { StreamState } from './stream-verdict.ts'

/**
 * A stream and its server as far as a reader can see them: messages are stored, purged and deleted, the stream is made again or rolled back, consumers are lost, answers come late or
 * when they are not asked for any more. What happens next is drawn at random.
 */
const createWorld = (seed: number) => {
  const random = createRandomStreams(Uint32Array.of(seed))
  const below = (most: number): number => Math.floor(random.next(0) * most)
  let clock = 1_000
  let created = 1
  let messages = new Map<number, { readonly timestampMs: number; readonly text: string }>()
  let last = 0
  let isConnected = false
  const reading = createPartitionReading({ sequence: 0 }, 64)
  /** What is under way: answers of the server, in no order. */
  const pending: (() => void)[] = []
  let consumer: { readonly epoch: number; at: number; delivered: number; asks: number } | undefined
  let isWaiting = false
  const handed: Reading[] = []

  const state = (): StreamState => {
    const sequences = [...messages.keys()]
    return {
      created: String(created),
      first: sequences.length === 0 ? last + 1 : Math.min(...sequences),
      last,
      messages: sequences.length,
      bytes: 0,
    }
  }
  const happen = (event: ReadingEvent): void => {
    for (const effect of reading.step(event)) carryOut(effect)
  }
  const carryOut = (effect: ReadingEffect): void => {
    switch (effect.kind) {
      case 'find':
      case 'confirm': {
        const kind = effect.kind === 'find' ? 'found' : 'confirmed'
        // The server's answer is as of some moment before it comes.
        const answer = (): void => {
          const stream = state()
          const storedAtMs = effect.witness && messages.get(effect.witness.sequence)?.timestampMs
          pending.push(() =>
            isConnected
              ? happen({ kind, epoch: effect.epoch, stream, storedAtMs })
              : happen({ kind: 'open-failed', reason: 'no answer' }),
          )
        }
        pending.push(answer)
        return
      }
      case 'consume':
        pending.push(() => {
          if (!isConnected) return happen({ kind: 'open-failed', reason: 'no answer' })
          consumer = { epoch: effect.epoch, at: effect.from, delivered: 0, asks: 0 }
          happen({ kind: 'consuming', epoch: effect.epoch })
        })
        return
      case 'drop':
        consumer = undefined
        return
      case 'ask':
        if (consumer !== undefined) consumer.asks = 2
        return
      case 'retry-later':
        pending.push(() => happen({ kind: 'retry' }))
        return
      case 'wake':
        isWaiting = false
        return
      case 'tell':
        return
    }
  }
  const want = (): void => {
    if (isWaiting) return
    const taken = reading.take()
    if (taken === undefined) {
      isWaiting = true
      return happen({ kind: 'wanted' })
    }
    handed.push(taken.kind === 'moves' ? { ...taken, moves: [...taken.moves] } : taken)
    happen({ kind: 'taken' })
    if (taken.kind === 'recreated' || taken.kind === 'rolled-back') {
      // The caller decides: from the beginning of what there is.
      happen({ kind: 'seek', offset: { sequence: 0 } })
    }
  }
  const deliver = (): void => {
    const from = consumer
    if (from === undefined || from.asks === 0) return
    const sequence = Math.min(...[...messages.keys()].filter((one) => one >= from.at))
    const stored = messages.get(sequence)
    if (stored === undefined) return
    from.at = sequence + 1
    from.delivered++
    const { epoch, delivered } = from
    const move: StoredMove = {
      sequence,
      timestampMs: stored.timestampMs,
      subject: stored.text,
      header: () => undefined,
      data: new Uint8Array(0),
    }
    // Now and then a delivery is lost with its connection.
    if (below(40) > 0) happen({ kind: 'delivered', epoch, delivered, bytes: 16, move })
  }
  const store = (): void => {
    last++
    messages.set(last, { timestampMs: clock++, text: `${created}:${last}:${clock}` })
  }
  const look = (): void => {
    const begun = reading.lookFor()
    if (begun === undefined) return
    const stream = state()
    pending.push(() => {
      if (isConnected) happen({ kind: 'looked', look: begun, stream })
    })
  }
  const disconnect = (): void => {
    isConnected = false
    consumer = undefined
    happen({ kind: 'disconnected' })
  }
  const connect = (): void => {
    if (isConnected) return
    isConnected = true
    happen({ kind: 'connected' })
  }
  const answerOne = (): void => void pending.splice(below(pending.length), 1)[0]?.()

  const loseConsumer = (): void => {
    if (consumer === undefined) return
    const { epoch } = consumer
    consumer = undefined
    pending.push(() => happen({ kind: 'consumer-lost', epoch }))
  }

  const usual: (() => void)[] = [store, store, want, want, deliver, deliver, answerOne, answerOne, look]
  const seldom: (() => void)[] = [
    disconnect,
    connect,
    connect,
    // Purged up to somewhere.
    () => {
      const to = below(last + 1)
      for (const sequence of messages.keys()) if (sequence <= to) messages.delete(sequence)
    },
    // One deleted in the middle; not where the reader is, see below.
    () => {
      const sequence = 1 + below(last + 1)
      const received = reading.lookFor()?.received
      if (received !== undefined && received.sequence !== sequence) messages.delete(sequence)
    },
    // Made again: its consumers are gone.
    () => {
      created = clock++
      messages = new Map()
      last = 0
      loseConsumer()
    },
    // Restored to an earlier state, as by a server's restart. Once the last message that was read is gone nothing tells a stream that has grown again from the one that was read.
    () => {
      const received = reading.lookFor()?.received
      if (received?.timestampMs === undefined || messages.get(received.sequence)?.timestampMs !== received.timestampMs)
        return
      const to = below(last + 1)
      for (const sequence of messages.keys()) if (sequence > to) messages.delete(sequence)
      last = to
      loseConsumer()
    },
    () => {
      if (consumer !== undefined) happen({ kind: 'consumer-lost', epoch: consumer.epoch })
    },
    () => {
      if (consumer !== undefined) {
        consumer.asks = 0
        happen({ kind: 'ask-ended', epoch: consumer.epoch })
      }
    },
  ]
  return {
    handed,
    messages: () => messages,
    last: () => last,
    position: () => reading.position().sequence,
    step: (isCalm: boolean): void => {
      const events = isCalm || below(12) > 0 ? usual : seldom
      events[below(events.length)]()
    },
    /** Nothing more goes wrong: the reader has to come to the end. */
    settle: (): void => {
      connect()
      for (let i = 0; i < 40 * (last + 10); i++) {
        want()
        if (pending.length > 0) answerOne()
        deliver()
        // A consumer that lost a delivery is silent, and one that sleeps is asked again.
        if (consumer !== undefined && consumer.asks === 0) happen({ kind: 'ask-ended', epoch: consumer.epoch })
        if (i % 20 === 19) look()
        if (i % 50 === 49 && consumer !== undefined) happen({ kind: 'consumer-lost', epoch: consumer.epoch })
      }
    },
  }
}

test('whatever happens in whatever order: sequences come one after the other, or it is told why not, and the end is reached', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 20, max: 400 }), (seed, steps) => {
      const world = createWorld(seed)
      for (let i = 0; i < steps; i++) world.step(false)
      world.settle()
      let sequence = 0
      let texts = new Map<number, string>()
      for (const reading of world.handed) {
        if (reading.kind === 'moves') {
          for (const move of reading.moves) {
            expect(move.sequence).toBe(sequence + 1)
            sequence = move.sequence
            texts.set(sequence, move.subject)
          }
        } else if (reading.kind === 'gap') {
          expect([reading.from, reading.to >= reading.from]).toEqual([sequence + 1, true])
          sequence = reading.to
        } else {
          sequence = 0
          texts = new Map()
        }
      }
      // That the last messages were deleted shows by the next one only.
      const end = world.messages().size === 0 ? world.last() : Math.max(...world.messages().keys())
      expect(sequence).toBeGreaterThanOrEqual(end)
      expect(sequence).toBeLessThanOrEqual(world.last())
      expect(world.position()).toBe(sequence)
      // Of the stream as it is now every message was handed out as it is now.
      for (const [stored, { text }] of world.messages()) expect([stored, texts.get(stored)]).toEqual([stored, text])
    }),
    { numRuns: 1_500 },
  )
})

test('a closed reader hands out nothing else, and wakes who waits', () => {
  const reading = createPartitionReading({ sequence: 4 }, 64)
  reading.step({ kind: 'connected' })
  expect(reading.step({ kind: 'wanted' })).toEqual([{ kind: 'find', epoch: 0, witness: undefined }])
  expect(reading.step({ kind: 'closed' })).toEqual([{ kind: 'wake' }])
  expect(reading.take()).toEqual({ kind: 'closed' })
  expect(reading.step({ kind: 'retry' })).toEqual([])
})

test('a consumer that comes when it is not wanted any more is given up, and another one made', () => {
  const reading = createPartitionReading({ sequence: 0 }, 64)
  const stream = { created: '1', first: 1, last: 9, messages: 9, bytes: 0 }
  reading.step({ kind: 'connected' })
  reading.step({ kind: 'wanted' })
  expect(reading.step({ kind: 'found', epoch: 0, stream, storedAtMs: undefined })).toEqual([
    { kind: 'consume', epoch: 0, from: 1 },
  ])
  expect(reading.step({ kind: 'seek', offset: { sequence: 5 } })).toEqual([])
  expect(reading.step({ kind: 'consuming', epoch: 0 })).toEqual([
    { kind: 'drop' },
    { kind: 'find', epoch: 1, witness: undefined },
  ])
})
