import { refusalOf, untilAnswered } from '@fleetlake/broker'
import {
  ARCHIVE,
  type ArchiveClaim,
  formatArchiveClaim,
  parseArchiveClaim,
  type WholeArchiveClaim,
} from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import type { Hub } from '../connection/hub.ts'
import { randomToken } from '../connection/random-token.ts'

/**
 * Invariant: one hub, one archive. The hub remembers the id of the table that its streams go to, who it is itself, and a version of the table that is known to be
 * there. A collector that finds an empty folder, since a disk was not mounted or a path was mistyped, would otherwise begin a second
 * archive beside the first; and one that finds an older copy would take up there, though what was purged since is in no stream any more.
 */
const SUBJECT = 'archive.table'
const APPEND_TIMEOUT_MS = 5_000

/** A claim as it was found, for those who change it. */
export interface FoundClaim {
  readonly claim: ArchiveClaim | undefined
  /** Of the stored claim; 0 when there is none. */
  readonly sequence: number
}

export const findArchiveClaim = async ({ control, streams }: Hub): Promise<FoundClaim> => {
  try {
    const stored = await untilAnswered(control, () => streams.message(ARCHIVE, { lastOf: SUBJECT }))
    if (stored === undefined) return { claim: undefined, sequence: 0 }
    const claim = parseArchiveClaim(new TextDecoder().decode(stored.data))
    if (claim === undefined) {
      throw new FleetError(
        'message.invalid',
        `the hub's stream ${ARCHIVE} holds what is no claim: delete the stream, and start a collector`,
      )
    }
    return { claim, sequence: stored.sequence }
  } catch (error) {
    if (refusalOf(error) === 'stream-missing') return { claim: undefined, sequence: 0 }
    throw error
  }
}

/** What this hub feeds; undefined when it feeds nothing yet. */
export const readArchiveClaim = async (hub: Hub): Promise<ArchiveClaim | undefined> =>
  (await findArchiveClaim(hub)).claim

/** A name for a hub that has none. */
export const newHubId = randomToken

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
  const { control, streams } = hub
  if (sequence === 0) {
    await untilAnswered(control, () => streams.make({ name: ARCHIVE, subjects: [SUBJECT], maxPerSubject: 1 })).catch(
      (error: unknown) => {
        if (refusalOf(error) !== 'name-in-use') throw error
      },
    )
  }
  const data = new TextEncoder().encode(formatArchiveClaim(claim))
  try {
    await untilAnswered(control, () =>
      streams.append(SUBJECT, data, { expectLast: sequence, timeoutMs: APPEND_TIMEOUT_MS }),
    )
    return true
  } catch (error) {
    if (refusalOf(error) !== 'wrong-last') throw error
    // One that was not answered and was repeated meets itself.
    const stored = await readArchiveClaim(hub)
    return JSON.stringify(stored) === JSON.stringify(parseArchiveClaim(formatArchiveClaim(claim)))
  }
}
