/** Every subject, once. Partitions are numbers from 0; ids must be one token (`TOKEN`). */
export const TOKEN = /^[A-Za-z0-9_-]{1,64}$/

export const subjects = {
  generation: 'generation',
  generationBroadcast: 'generation.broadcast',
  generationAgent: (agent: string): string => `generation.agent.${agent}`,
  generatorInbox: (uid: string): string => `inbox.generator.${uid}`,
  move: (partition: number): string => `commands.move.${partition}`,
  liveMove: (partition: number | '*'): string => `live.move.${partition}`,
  flush: (partition: number): string => `commands.flush.${partition}`,
  stats: 'stats',
  query: 'query.vehicles',
  queryPartition: 'query.vehicles.partitions',
  finderInbox: (uid: string): string => `inbox.finder.${uid}`,
  viewerInbox: (uid: string): string => `inbox.viewer.${uid}`,
  queryTaken: (query: string): string => `queries.${query}.taken`,
  queryCancel: (query: string): string => `queries.${query}.cancel`,
  member: (group: string, uid: string): string => `members.${group}.${uid}`,
  members: (group: string): string => `members.${group}.*`,
  deadLetters: (partition: number): string => `dead-letters.${partition}`,
} as const

export const queueGroups = {
  generation: 'generators',
  query: 'vehicle-finder',
  queryPartition: 'vehicle-finder-partitions',
} as const

/** The groups whose members announce themselves. */
export type Group = 'generators' | 'collectors' | 'finders'
