import { FleetError, orAborted } from '@fleetlake/core'
import type { Snapshot } from '@fleetlake/archive'
import { type ArchiveClaim, moveStreamName, type StreamPosition } from '@fleetlake/contracts'
import { type StreamStates } from '@fleetlake/hub'
import { type HeldTail, holdNothing, type Missing } from '../tail/held-tail.ts'
import type { Tail } from '../tail/tail.ts'

/** What a query is answered from: a version of the table, undefined while there is none, and what the hub holds beyond it. */
export interface PinnedVersion {
  readonly snapshot: Snapshot | undefined
  readonly tail: HeldTail
}

/** What is known of the hub at an instant. */
export interface HubLook {
  readonly streams: StreamStates
  /** The table that it feeds; undefined when it feeds none yet. */
  readonly fed: ArchiveClaim | undefined
}

export interface PinDeps {
  /** The table as it is now; undefined while there is none. */
  snapshot(): Promise<Snapshot | undefined>
  look(): Promise<HubLook>
  readonly tail: Tail
  /** Has these streams archived; resolves when they are, or when there is no more time. */
  flush(streams: readonly StreamPosition[], signal: AbortSignal): Promise<unknown>
  /** A moment, before it looks again. */
  pause(): Promise<unknown>
}

/** From here on the collectors are asked for a flush, so that the next query finds room. */
const FULL_ENOUGH = 0.5
const FLUSH_MS = 10_000

const UNKNOWN: Missing = {
  path: 'hub',
  reason: 'it did not say in time which positions it holds that are not archived yet',
}

const whatIsHere = (snapshot: Snapshot | undefined): string =>
  `${snapshot === undefined ? 'there is no archive here' : `this archive is ${snapshot.id}`}: check archive.path and that its disk is mounted`

const otherArchive = (snapshot: Snapshot | undefined, { table: fed }: ArchiveClaim): Missing => ({
  path: 'hub',
  reason: `the positions that it holds and that are not archived yet belong to the archive ${fed}, and ${whatIsHere(snapshot)}`,
})

/**
 * @param fed what the hub said before the snapshot was read
 * @throws FleetError `archive.other` when the hub feeds another archive than the one that is here, be it that none is
 */
export const checkFed = (snapshot: Snapshot | undefined, fed: ArchiveClaim | undefined): void => {
  if (fed === undefined || fed.table === snapshot?.id) return
  throw new FleetError('archive.other', `the hub feeds the archive ${fed.table}, and ${whatIsHere(snapshot)}`)
}

/** Positions that were archived and have left the hub since are in no version that this one knows. */
const olderArchive = ({ version }: Snapshot, reached: number): Missing => ({
  path: 'archive',
  reason: `it is an older copy of the archive that the hub has fed: it is at version ${version}, and the hub has fed version ${reached}; restore a newer copy`,
})

const withMissing = (tail: HeldTail, missing: Missing | undefined): HeldTail =>
  missing === undefined ? tail : { ...tail, missing: [missing, ...tail.missing] }

/** Which streams these are: one that was made again is another. */
const namesOf = (streams: StreamStates): string =>
  [...streams].map(([name, { created }]) => `${name} ${created}`).join()

/** What the hub holds of each stream and the table may not. */
const positionsIn = (streams: StreamStates): StreamPosition[] =>
  [...streams].map(([partition, { created, last }]) => ({
    partition,
    stream: moveStreamName(partition),
    created,
    sequence: last,
  }))

/**
 * Pins what a query is answered from. Invariant: (1) the version, (2) how the streams are filled, (3) what lies between the two in hand; a tail that
 * does not reach back to the version starts again at (1). So each row that was acknowledged before is in one of them, once, and what is
 * missing is told.
 */
export const createVersionPin = ({ snapshot: read, look, tail, flush, pause }: PinDeps) => {
  let flushing: Promise<unknown> | undefined
  /** The streams that the last look found. */
  let known = ''

  const flushSoon = (streams: StreamStates): void => {
    flushing ??= flush(positionsIn(streams), AbortSignal.timeout(FLUSH_MS))
      // A search that needs the room asks again.
      .catch(() => undefined)
      .finally(() => {
        flushing = undefined
      })
  }

  /** @param signal aborted when there is no more time, or the client wants no more */
  return async (signal: AbortSignal): Promise<PinnedVersion> => {
    let isOther = false
    /** Claimed before the version is read, so that it is in the version, or the version is of an older copy. */
    let reached: ArchiveClaim | undefined
    for (;;) {
      const before = known
      const positions = tail.positions()
      const askedAt = performance.now()
      const snapshot = await read()
      let looked: HubLook | undefined
      await orAborted(
        look().then((found) => {
          looked = found
        }),
        signal,
      )
      if (looked === undefined) return { snapshot, tail: holdNothing([UNKNOWN]) }
      const { streams, fed } = looked as HubLook
      known = namesOf(streams)
      // A stream that is gone may have been archived to its end after the version was read.
      if (known !== before) continue
      const isReached = (claim: ArchiveClaim | undefined): boolean =>
        claim === undefined || claim.table !== snapshot?.id || (claim.version ?? -1) <= snapshot.version
      if (!isReached(fed) && reached?.version !== fed?.version) {
        reached = fed
        continue
      }
      const older = isReached(fed) ? undefined : olderArchive(snapshot!, fed!.version!)
      if (fed !== undefined && fed.table !== snapshot?.id) {
        if (isOther) return { snapshot, tail: holdNothing([otherArchive(snapshot, fed)]) }
        // The first table may have been made in between.
        isOther = true
        continue
      }
      const taken = await tail.take({
        version: snapshot?.version ?? -1,
        offsets: snapshot ?? { txns: new Map(), txnTimes: new Map() },
        streams,
        positions,
        askedAt,
        signal,
      })
      if (taken.status === 'again') {
        await pause()
        continue
      }
      if (taken.status === 'whole') {
        if (tail.fill() > FULL_ENOUGH) flushSoon(streams)
        return { snapshot, tail: withMissing(taken.tail, older) }
      }
      if (!signal.aborted) await flush(positionsIn(streams), signal)
      if (signal.aborted) return { snapshot, tail: withMissing(taken.tail, older) }
      taken.tail.release()
    }
  }
}
