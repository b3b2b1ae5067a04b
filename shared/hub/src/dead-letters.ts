import { DEAD_LETTERS } from '@fleetlake/contracts'
import { DeliverPolicy, jetstream, type StoredMsg } from '@nats-io/jetstream'
import type { MsgHdrs } from '@nats-io/nats-core'
import { headerOf } from './cloud-event.ts'
import type { Hub } from './hub.ts'
import { API_CODES, apiCodeOf, streamsOf, untilAnswered } from './jet-stream.ts'

/** What could not be archived of one message, as the stream of dead letters keeps it. */
export interface StoredLetter {
  /** Of the letter in `DEAD_LETTERS`: what people call it by. */
  readonly sequence: number
  /** Equal for letters that were stored again by a collector that had died before its commit. */
  readonly id: string
  /** When the hub stored it, ms since the epoch. */
  readonly storedMs: number
  readonly partition: number
  /** The most frequent one. */
  readonly reason: string
  /** Bad rows; 0 for a message that could not be decoded. */
  readonly rows: number
  readonly stream: string
  /** Of the message, in its stream. */
  readonly messageSequence: number
  /** Of the message as it was; empty when it had none. */
  readonly contentType: string
  /** An Arrow batch with a column `reason`, or the message as it was. */
  readonly payload: Uint8Array
}

const FETCH = { max_messages: 100, expires: 2_000 }

/** All letters, the oldest first, each id once; what comes while it reads is left out. */
export async function* readDeadLetters(hub: Hub): AsyncGenerator<StoredLetter> {
  const streams = await streamsOf(hub)
  const { state } = await untilAnswered(hub, () => streams.streams.info(DEAD_LETTERS))
  if (state.messages === 0) return
  const consumer = await jetstream(hub.connection).consumers.get(DEAD_LETTERS, { deliver_policy: DeliverPolicy.All })
  const seen = new Set<string>()
  for (let at = 0; at < state.last_seq;) {
    const before = at
    for await (const { seq, subject, headers, data, time } of await consumer.fetch(FETCH)) {
      at = seq
      const letter = letterOf({ sequence: seq, storedMs: time.getTime(), subject, headers, data })
      if (!seen.has(letter.id)) yield letter
      seen.add(letter.id)
      if (at >= state.last_seq) break
    }
    // What was deleted while this read leaves nothing to wait for.
    if (at === before) return
  }
}

/** One letter; undefined when there is none of this sequence. */
export const findDeadLetter = async (hub: Hub, sequence: number): Promise<StoredLetter | undefined> => {
  const streams = await streamsOf(hub)
  const stored = await untilAnswered(hub, () => streams.streams.getMessage(DEAD_LETTERS, { seq: sequence })).catch(
    (error: unknown) => {
      if (apiCodeOf(error) === API_CODES.noMessageFound) return null
      throw error
    },
  )
  return stored === null ? undefined : letterOfStored(stored)
}

/** Forgets a letter that has been dealt with; one that is not there is no fault. */
export const deleteDeadLetter = async (hub: Hub, sequence: number): Promise<void> => {
  const streams = await streamsOf(hub)
  await untilAnswered(hub, () => streams.streams.deleteMessage(DEAD_LETTERS, sequence)).catch((error: unknown) => {
    if (apiCodeOf(error) !== API_CODES.noMessageFound && apiCodeOf(error) !== API_CODES.deleteFailed) throw error
  })
}

interface Raw {
  readonly sequence: number
  readonly storedMs: number
  readonly subject: string
  readonly headers: MsgHdrs | undefined
  readonly data: Uint8Array
}

const letterOfStored = ({ seq, time, subject, header, data }: StoredMsg): StoredLetter =>
  letterOf({ sequence: seq, storedMs: time.getTime(), subject, headers: header, data })

const letterOf = ({ sequence, storedMs, subject, headers, data }: Raw): StoredLetter => {
  const header = (name: string): string => headerOf(headers, name) ?? ''
  return {
    sequence,
    id: header('ce-id'),
    storedMs,
    partition: Number(subject.split('.').at(-1)),
    reason: header('fleet-reason'),
    rows: Number(header('fleet-rows')),
    stream: header('fleet-stream'),
    messageSequence: Number(header('fleet-sequence')),
    contentType: header('fleet-content-type'),
    payload: data,
  }
}
