import { refusalOf } from '@fleetlake/broker'
import { type Group, readerNote, READERS } from '@fleetlake/contracts'
import type { Hub } from '../connection/hub.ts'

/**
 * Who reads which partition, noted on the hub before the first message is decoded: the one trace that is left of a reader whom a message has
 * made hang or crash. A reader that ends in order takes its note back, so that a note whose reader is not among the living is an abnormal end.
 */
export interface PartitionEntry {
  /**
   * Two readers have ended abnormally here and none has come further since, or another reader has found that: what the stream holds now is to be
   * decoded in a process of its own. A false alarm, as when readers were killed, costs time and nothing else.
   */
  readonly isCareful: boolean
  /** This reader has come further than those before: their ends are forgotten. */
  passed(): void
  /** It reads no more, in order. */
  leave(): Promise<void>
}

export interface EntryOptions {
  readonly group: Group
  readonly partition: number
  /** The uids of the living of the group; asked only where others have noted themselves. */
  members(): Promise<readonly string[]>
}

/** In place of a group: a reader that is careful. */
const CAREFUL = 'careful'
const ENDS = 2
const TIMEOUT_MS = 2_000
const MAX_AGE_MS = 24 * 3_600_000

/** Without an answer of the hub it reads as if no reader had ended abnormally: reading is not kept up by notes. */
export const enterPartition = async (
  hub: Hub,
  { group, partition, members }: EntryOptions,
): Promise<PartitionEntry> => {
  const noteOf = (role: string, uid: string): string => readerNote(role, partition, uid)
  const own = noteOf(group, hub.uid)
  const ownMark = noteOf(CAREFUL, hub.uid)
  const notes = await note(hub, own).then(
    () => listNotes(hub, noteOf('*', '*')),
    () => [],
  )
  const others = notes.filter((subject) => subject.startsWith(noteOf(group, '')) && subject !== own)
  const findDead = async (): Promise<string[]> => {
    const living = new Set((await members()).map((uid) => noteOf(group, uid)))
    return others.filter((subject) => !living.has(subject))
  }
  const marks = notes.filter((subject) => subject.startsWith(noteOf(CAREFUL, '')))
  const isCareful = marks.length > 0 || (others.length >= ENDS && (await findDead()).length >= ENDS)
  if (isCareful) await note(hub, ownMark).catch(() => undefined)
  const forgetAll = async (): Promise<void> => {
    const dead = others.length === 0 ? [] : await findDead()
    for (const subject of [...dead, ...marks, ...(isCareful ? [ownMark] : [])]) void forget(hub, subject)
  }
  return {
    isCareful,
    passed: () => void forgetAll(),
    leave: () => forget(hub, own),
  }
}

const note = async (hub: Hub, subject: string): Promise<void> => {
  const put = () => hub.streams.append(subject, new Uint8Array(), { timeoutMs: TIMEOUT_MS })
  try {
    await put()
  } catch {
    await make(hub)
    await put()
  }
}

/** In memory: notes are needed while the disk is full as well, and a hub that was started again has other troubles to tell of. */
const make = ({ streams }: Hub): Promise<void> =>
  streams
    .make({
      name: READERS,
      subjects: [readerNote('*', '*', '*')],
      storage: 'memory',
      maxPerSubject: 1,
      maxBytes: 1024 ** 2,
      maxAgeMs: MAX_AGE_MS,
    })
    .catch((error: unknown) => {
      if (refusalOf(error) !== 'name-in-use') throw error
    })

const listNotes = ({ streams }: Hub, filter: string): Promise<string[]> =>
  streams.subjects(READERS, filter).catch(() => [])

/** One that stays costs the next reader time at most. */
const forget = async ({ control, streams }: Hub, subject: string): Promise<void> => {
  if (control.isOpen()) await streams.purge(READERS, { subject }).catch(() => undefined)
}
