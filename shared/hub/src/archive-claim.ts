import { jetstream, StorageType } from '@nats-io/jetstream'
import type { Hub } from './hub.ts'
import { API_CODES, apiCodeOf, streamsOf, untilAnswered } from './jet-stream.ts'

/**
 * Law: one hub, one archive. The hub remembers the id of the table that its streams go to. A collector that finds an empty folder,
 * since a disk was not mounted or a path was mistyped, would otherwise begin a second archive beside the first, and what the streams
 * still hold of the first would be archived twice.
 */
const STREAM = 'ARCHIVE'
const SUBJECT = 'archive.table'

/** The id of the table that this hub feeds; undefined when there is none yet. */
export const readArchiveClaim = async (hub: Hub): Promise<string | undefined> => {
  const { streams } = await streamsOf(hub)
  try {
    const stored = await untilAnswered(hub, () => streams.getMessage(STREAM, { last_by_subj: SUBJECT }))
    return stored === null ? undefined : new TextDecoder().decode(stored.data)
  } catch (error) {
    const code = apiCodeOf(error)
    if (code === API_CODES.streamNotFound || code === API_CODES.noMessageFound) return undefined
    throw error
  }
}

/**
 * Says which table this hub feeds from now on.
 * @param from what the hub remembered when it was read
 * @returns what it remembers now: another's id when that one was faster
 */
export const claimArchive = async (
  hub: Hub,
  tableId: string,
  from: string | undefined,
): Promise<string | undefined> => {
  if (from === tableId) return tableId
  const { streams } = await streamsOf(hub)
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
  const expect = from === undefined ? { lastSubjectSequence: 0 } : {}
  await untilAnswered(hub, () =>
    jetstream(hub.connection).publish(SUBJECT, new TextEncoder().encode(tableId), { expect, timeout: 5_000 }),
  ).catch((error: unknown) => {
    if (apiCodeOf(error) !== API_CODES.wrongLastSequence) throw error
  })
  return readArchiveClaim(hub)
}
