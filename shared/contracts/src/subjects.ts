/** Every subject, once. Partitions are numbers from 0; ids must be one token (`TOKEN`). */
export const TOKEN = /^[A-Za-z0-9_-]{1,64}$/

/** Below it askers get their answers; an asker whose user may listen to less has one of its own, `inbox.viewer.<name>`. */
export const VIEWER_INBOX = 'inbox.viewer'

export const subjects = {
  generation: 'generation',
  generationBroadcast: 'generation.broadcast',
  generationAgent: (agent: string): string => `generation.agent.${agent}`,
  generatorInbox: (uid: string): string => `inbox.generator.${uid}`,
  move: (partition: number | '*'): string => `commands.move.${partition}`,
  liveMove: (partition: number | '*'): string => `live.move.${partition}`,
  flush: (partition: number): string => `commands.flush.${partition}`,
  stats: 'stats',
  query: 'query.vehicles',
  queryPartition: 'query.vehicles.partitions',
  finderInbox: (uid: string): string => `inbox.finder.${uid}`,
  viewerInbox: (uid: string, inbox: string = VIEWER_INBOX): string => `${inbox}.${uid}`,
  queryTaken: (query: string): string => `queries.${query}.taken`,
  queryCancel: (query: string): string => `queries.${query}.cancel`,
  member: (group: string, uid: string): string => `members.${group}.${uid}`,
  members: (group: string): string => `members.${group}.*`,
  reader: (role: string, partition: number | '*', uid: string): string => `readers.${role}.${partition}.${uid}`,
  deadLetters: (partition: number): string => `dead-letters.${partition}`,
} as const

/** Whether answers may go to a subject: an asker's own, or the NATS clients' own for requests. */
export const isInbox = (subject: string): boolean => /^(inbox\.|_INBOX[._])/.test(subject)

export const queueGroups = {
  generation: 'generators',
  query: 'vehicle-finder',
  queryPartition: 'vehicle-finder-partitions',
} as const

/** The groups whose members announce themselves. */
export type Group = 'generators' | 'collectors' | 'compactors' | 'finders'
