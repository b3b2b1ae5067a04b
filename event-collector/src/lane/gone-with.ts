import { type Offset, type Origin, predecessorOf, type StreamState, type TableOffsets } from '@fleetlake/hub'
import type { LostMessages } from './batch.ts'

/** Sequences that a stream holds, both inclusive; none when `last` comes before `first`. */
export interface Held {
  readonly first: number
  readonly last: number
}

/** A state of a stream that was read and is gone: the stream was made again, or rolled back, since. */
export interface Former {
  readonly origin: Origin
  /** The last sequence that it is known to have held. */
  readonly last: number
  /** The messages of it that the stream is known to hold still, under the same sequences. */
  readonly held: Held
  /** By what others had noted before they were gone: it may have held more. */
  readonly isNoted?: boolean
}

const NOTHING: Held = { first: 1, last: 0 }

const both = (a: Held, b: Held): Held => {
  const [first, last] = [Math.max(a.first, b.first), Math.min(a.last, b.last)]
  return first > last ? NOTHING : { first, last }
}

/** A state of a stream that was read until now. */
export interface Gone extends Pick<Former, 'origin' | 'last' | 'isNoted'> {
  /** When the furthest message of it that was read was stored, ms since the epoch; undefined when that is not known. */
  readonly storedAt: number | undefined
}

/**
 * Adds what was read until now to what was read before it.
 * @param now the stream after the change
 * @param lastStoredAt when its last message was stored: one that came after the change tells that the stream has grown again, and then nothing tells what it has kept
 */
export const addFormer = (
  formers: readonly Former[],
  { origin, last, storedAt, isNoted }: Gone,
  now: StreamState,
  lastStoredAt: number | undefined,
): Former[] => {
  const isKept =
    now.created === origin.created &&
    storedAt !== undefined &&
    lastStoredAt !== undefined &&
    lastStoredAt <= storedAt &&
    now.last <= last
  const held = isKept ? both(now, { first: 1, last }) : NOTHING
  return [
    ...formers.map((former) => ({ ...former, held: both(former.held, held) })),
    { origin, last, held, ...(isNoted === undefined ? {} : { isNoted }) },
  ]
}

export interface GoneOptions {
  readonly partition: number
  readonly stream: string
  /** What is read now. */
  readonly origin: Origin
  readonly offsets: TableOffsets
  /** Those of which it is not recorded yet what is gone with them. */
  readonly formers: readonly Former[]
  readonly nowMs: number
}

/** ms since the epoch; undefined for what is no time. */
export const timeOf = (text: string): number | undefined => {
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

/** What a former state held beyond what is archived of it and what the stream still holds. */
const rangesOf = ({ last, held }: Former, archived: number): { readonly from: number; readonly to: number }[] =>
  [
    { from: archived + 1, to: Math.min(last, held.first - 1) },
    { from: Math.max(archived, held.last) + 1, to: last },
  ].filter(({ from, to }) => from <= to)

const archivedOf = ({ appId, from }: Origin, { txns, txnTimes }: TableOffsets): Offset => {
  const timestampMs = txnTimes.get(appId)
  // What lies before the first message of an epoch was its predecessor's to commit.
  const sequence = Math.max(txns.get(appId) ?? 0, from.sequence)
  return { sequence, ...(timestampMs === undefined ? {} : { timestampMs }) }
}

/**
 * What is gone with the states of a stream that were read before the present one. Invariant: what a former state is known to have held is archived, still
 * in the stream, or told here. Of the last one that the table counts, where nothing is known, it is told that there may have been more; that is told for as long as the
 * table counts nothing of the present one.
 */
export const goneWith = ({ partition, stream, origin, offsets, formers, nowMs }: GoneOptions): LostMessages[] => {
  const lost = (
    { created, epoch }: Pick<Origin, 'created' | 'epoch'>,
    archived: Offset,
    { from, to }: { readonly from: number; readonly to: number | undefined },
  ): LostMessages => {
    const firstStored = archived.timestampMs ?? timeOf(created)
    return { partition, created, epoch, from, to, firstStored, lastStored: nowMs }
  }
  const known = formers
    .filter((former) => former.origin.appId !== origin.appId)
    .flatMap((former) => {
      const archived = archivedOf(former.origin, offsets)
      const ranges = rangesOf(former, archived.sequence)
      const { last, isNoted = false } = former
      const perhaps = isNoted ? [{ from: Math.max(last, archived.sequence) + 1, to: undefined }] : []
      return [...ranges, ...perhaps].map((range) => lost(former.origin, archived, range))
    })
  const predecessor = predecessorOf(stream, origin, offsets)
  if (predecessor === undefined) return known
  const { created, epoch, committed } = predecessor
  if (known.some((one) => one.created === created && one.epoch === epoch)) return known
  return [lost(predecessor, committed, { from: committed.sequence + 1, to: undefined }), ...known]
}
