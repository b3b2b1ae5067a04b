import { type StoredMessage, untilAnswered } from '@fleetlake/broker'
import { DEAD_LETTERS } from '@fleetlake/contracts'
import type { Hub } from '../connection/hub.ts'
import { readThrough } from '../read/read-through.ts'

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

const ASK_BYTES = 4 * 1024 * 1024

/** All letters, the oldest first, each id once; what comes while it reads is left out. */
export async function* readDeadLetters({ control, streams }: Hub): AsyncGenerator<StoredLetter> {
  const { last, messages } = await untilAnswered(control, () => streams.info(DEAD_LETTERS))
  if (messages === 0) return
  const seen = new Set<string>()
  for await (const message of readThrough({ control, streams }, { stream: DEAD_LETTERS, last, askBytes: ASK_BYTES })) {
    const letter = letterOf(message)
    if (!seen.has(letter.id)) yield letter
    seen.add(letter.id)
  }
}

/** One letter; undefined when there is none of this sequence. */
export const findDeadLetter = async (
  { control, streams }: Hub,
  sequence: number,
): Promise<StoredLetter | undefined> => {
  const stored = await untilAnswered(control, () => streams.message(DEAD_LETTERS, { sequence }))
  return stored === undefined ? undefined : letterOf(stored)
}

/** Forgets a letter that has been dealt with; one that is not there is no fault. */
export const deleteDeadLetter = ({ control, streams }: Hub, sequence: number): Promise<void> =>
  untilAnswered(control, () => streams.deleteMessage(DEAD_LETTERS, sequence))

const letterOf = ({ sequence, timestampMs, subject, header: find, data }: StoredMessage): StoredLetter => {
  const header = (name: string): string => find(name) ?? ''
  return {
    sequence,
    id: header('ce-id'),
    storedMs: timestampMs,
    partition: Number(subject.split('.').at(-1)),
    reason: header('fleet-reason'),
    rows: Number(header('fleet-rows')),
    stream: header('fleet-stream'),
    messageSequence: Number(header('fleet-sequence')),
    contentType: header('fleet-content-type'),
    payload: data,
  }
}
