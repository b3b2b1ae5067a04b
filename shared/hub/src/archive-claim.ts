import { randomBytes } from 'node:crypto'
import { type ArchiveClaim, formatArchiveClaim, parseArchiveClaim, type WholeArchiveClaim } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { jetstream, StorageType } from '@nats-io/jetstream'
import type { Hub } from './hub.ts'
import { API_CODES, apiCodeOf, streamsOf, untilAnswered } from './jet-stream.ts'

/**
 * Invariant: one hub, one archive. The hub remembers the id of the table that its streams go to, who it is itself, and a version of the table that is known to be
 * there. A collector that finds an empty folder, since a disk was not mounted or a path was mistyped, would otherwise begin a second
 * archive beside the first; and one that finds an older copy would take up there, though what was purged since is in no stream any more.
 */
const STREAM = 'ARCHIVE'
const SUBJECT = 'archive.table'

/** A claim as it was found, for those who change it. */
export interface FoundClaim {
  readonly claim: ArchiveClaim | undefined
  /** Of the stored claim; 0 when there is none. */
  readonly sequence: number
}

export const findArchiveClaim = async (hub: Hub): Promise<FoundClaim> => {
  const { streams } = await streamsOf(hub)
  try {
    const stored = await untilAnswered(hub, () => streams.getMessage(STREAM, { last_by_subj: SUBJECT }))
    if (stored === null) return { claim: undefined, sequence: 0 }
    const claim = parseArchiveClaim(new TextDecoder().decode(stored.data))
    if (claim === undefined) {
      throw new FleetError(
        'message.invalid',
        `the hub's stream ${STREAM} holds what is no claim: delete the stream, and start a collector`,
      )
    }
    return { claim, sequence: stored.seq }
  } catch (error) {
    const code = apiCodeOf(error)
    if (code === API_CODES.streamNotFound || code === API_CODES.noMessageFound) return { claim: undefined, sequence: 0 }
    throw error
  }
}

/** What this hub feeds; undefined when it feeds nothing yet. */
export const readArchiveClaim = async (hub: Hub): Promise<ArchiveClaim | undefined> =>
  (await findArchiveClaim(hub)).claim

/** A name for a hub that has none. */
export const newHubId = (): string => randomBytes(8).toString('hex')

/**
 * Says what this hub feeds from now on.
 * @param from what the hub remembered when it was read
 * @returns false when another was faster: read it again
 */
export const writeArchiveClaim = async (
  hub: Hub,
  claim: WholeArchiveClaim,
  { sequence }: Pick<FoundClaim, 'sequence'>,
): Promise<boolean> => {
  const { streams } = await streamsOf(hub)
  if (sequence === 0) {
    await untilAnswered(hub, () =>
      streams.add({
        name: STREAM,
        subjects: [SUBJECT],
        storage: StorageType.File,
        max_msgs_per_subject: 1,
      }),
    ).catch((error: unknown) => {
      if (apiCodeOf(error) !== API_CODES.nameInUse) throw error
    })
  }
  const data = new TextEncoder().encode(formatArchiveClaim(claim))
  const expect = { lastSubjectSequence: sequence }
  try {
    await untilAnswered(hub, () => jetstream(hub.connection).publish(SUBJECT, data, { expect, timeout: 5_000 }))
    return true
  } catch (error) {
    if (apiCodeOf(error) !== API_CODES.wrongLastSequence) throw error
    // One that was not answered and was repeated meets itself.
    const stored = await readArchiveClaim(hub)
    return JSON.stringify(stored) === JSON.stringify(parseArchiveClaim(formatArchiveClaim(claim)))
  }
}
