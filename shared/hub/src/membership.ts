import type { Group } from '@fleetlake/contracts'
import type { Hub } from './hub.ts'

export interface GroupOptions {
  readonly group: Group
  readonly version: string
  readonly describe: () => { memoryBytes: number; lagMs?: number }
}

export interface Membership {
  /** Uids, sorted; oneself among them. */
  members(): readonly string[]
  /** Resolves once it has listened long enough to know the others. */
  readonly ready: Promise<void>
  /** @returns stops telling */
  onChange(tell: (members: readonly string[]) => void): () => void
  /** Says goodbye, so that the others need not wait. */
  leave(): Promise<void>
}

export declare const joinGroup: (hub: Hub, options: GroupOptions) => Membership
/** The partitions that a member owns: rendezvous hashing. */
export declare const ownedPartitions: (members: readonly string[], partitions: readonly number[], me: string) => number[]
