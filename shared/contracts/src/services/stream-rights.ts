import { DEAD_LETTERS, moveStreamName, SEARCHES } from '../streams.ts'
import { type HubService } from './hub-services.ts'

/** What a service may do with a stream, in the subjects of JetStream's API; storing is a right to its subjects. */
const VERBS = {
  look: (stream: string) => [`$JS.API.STREAM.INFO.${stream}`, `$JS.API.STREAM.MSG.GET.${stream}`],
  read: (stream: string) => [
    `$JS.API.CONSUMER.CREATE.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}.>`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
    `$JS.API.CONSUMER.DELETE.${stream}.*`,
  ],
  make: (stream: string) => [`$JS.API.STREAM.CREATE.${stream}`, `$JS.API.STREAM.UPDATE.${stream}`],
  purge: (stream: string) => [`$JS.API.STREAM.PURGE.${stream}`],
  drop: (stream: string) => [`$JS.API.STREAM.DELETE.${stream}`],
  'delete-message': (stream: string) => [`$JS.API.STREAM.MSG.DELETE.${stream}`],
} as const

type Verb = keyof typeof VERBS

/** A hub has 64 partitions at most; the API's subjects allow no wildcard within a name. */
const MOST_STREAMS = 64
const MOVES = Array.from({ length: MOST_STREAMS }, (_, partition) => moveStreamName(partition))

/** Beside the streams of messages: who reads which partition, what the hub feeds, and what provisioning uses. */
export const READERS = 'READERS'
export const ARCHIVE = 'ARCHIVE'
export const PROVISIONING = 'PROVISIONING'
export const PROBE = 'PROBE'

const STREAMS = {
  MOVES,
  DEAD_LETTERS: [DEAD_LETTERS],
  SEARCHES: [SEARCHES],
  READERS: [READERS],
  ARCHIVE: [ARCHIVE],
  PROVISIONING: [PROVISIONING, PROBE],
}

type StreamRights = { readonly [Name in keyof typeof STREAMS]?: readonly Verb[] }

/**
 * Invariant: only a collector makes streams, since one can take in whatever any subject carries; and only a collector removes positions.
 */
const RIGHTS: Readonly<Record<HubService, StreamRights>> = {
  collector: {
    MOVES: ['look', 'read', 'make', 'purge'],
    DEAD_LETTERS: ['look', 'make'],
    SEARCHES: ['look', 'read', 'make', 'purge'],
    READERS: ['look', 'make', 'purge'],
    ARCHIVE: ['look', 'make'],
    PROVISIONING: ['look', 'make', 'drop'],
  },
  compactor: { ARCHIVE: ['look'] },
  projector: {},
  finder: { MOVES: ['look', 'read'], READERS: ['look', 'purge'], ARCHIVE: ['look'] },
  generator: { MOVES: ['look'] },
  viewer: { MOVES: ['look'], SEARCHES: ['look', 'read'] },
  gateway: {},
  terminal: {
    MOVES: ['look', 'read'],
    DEAD_LETTERS: ['look', 'read', 'delete-message'],
    SEARCHES: ['look', 'read'],
    ARCHIVE: ['look'],
  },
}

/** What is stored beside messages. */
const OWN_SUBJECTS: Readonly<Record<HubService, readonly string[]>> = {
  collector: ['archive.table', 'readers.*.*.*'],
  compactor: [],
  projector: [],
  finder: ['readers.*.*.*'],
  generator: [],
  viewer: [],
  gateway: [],
  terminal: [],
}

/** Subjects of JetStream that a service may ask. */
export const streamSubjects = (service: HubService): string[] => {
  const rights = Object.entries(RIGHTS[service]) as [keyof typeof STREAMS, readonly Verb[]][]
  const asked = rights.flatMap(([name, verbs]) =>
    STREAMS[name].flatMap((stream) => verbs.flatMap((verb) => VERBS[verb](stream))),
  )
  // The names of streams are no secret to who uses some of them.
  const names = asked.length === 0 ? [] : ['$JS.API.STREAM.LIST', '$JS.API.STREAM.NAMES']
  return [...names, ...asked, ...OWN_SUBJECTS[service]]
}
