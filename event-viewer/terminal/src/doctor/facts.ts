import type { ArchiveClaim, Config, Message, StreamMark } from '@fleetlake/contracts'
import type { ErrorCode } from '@fleetlake/core'
import type { StreamFault, TableOffsets } from '@fleetlake/hub'

/** Why something could not be found out. */
export interface Unknown {
  readonly isKnown: false
  readonly reason: string
  readonly code?: ErrorCode
}

/** What could be found out, or why it could not. */
export type Told<Value> = { readonly isKnown: true; readonly value: Value } | Unknown

/** A stream as the hub describes it. */
export interface StreamFacts {
  readonly name: string
  readonly created: string
  readonly first: number
  readonly last: number
  readonly messages: number
  readonly bytes: number
  readonly maxBytes: number | undefined
  readonly replicas: number
  readonly duplicateWindowMs: number
  readonly discard: 'new' | 'old' | undefined
}

/** The clock of a machine when ours was `ourMs`, ms since the epoch. */
export interface ClockFacts {
  readonly theirMs: number
  readonly ourMs: number
}

export interface TableFacts {
  readonly id: string
  readonly version: number
  readonly files: number
  readonly smallFiles: number
  readonly offsets: Readonly<Record<string, number>>
  /** The hub that feeds it. */
  readonly feeder: string | undefined
  readonly warnings: readonly string[]
}

export interface DiskFacts {
  /** The setting that names the folder. */
  readonly setting: string
  readonly folder: string
  readonly space: Told<{ readonly freeBytes: number; readonly totalBytes: number }>
}

export interface PortFacts {
  readonly name: string
  readonly address: string
  /** Why nothing answers; undefined when something does. */
  readonly fault: string | undefined
}

/** What the archive knows of the streams. */
export interface SeenFacts {
  readonly offsets: TableOffsets
  /** What collectors have noted. */
  readonly marks: readonly StreamMark[]
}

/** Everything that a deployment's state is judged by. */
export interface Facts {
  readonly config: Config
  /** Of this program. */
  readonly version: string
  /** Of the hub's software, once it is reached. */
  readonly server: Told<string>
  readonly streams: Told<readonly StreamFacts[]>
  readonly hubClock: Told<ClockFacts>
  readonly claim: Told<ArchiveClaim | undefined>
  readonly members: Told<readonly Message<'heartbeat'>[]>
  readonly store: Told<ClockFacts>
  readonly table: Told<TableFacts>
  /** Not settled. */
  readonly losses: Told<number>
  /** What is wrong in it. */
  readonly registry: Told<readonly string[]>
  /** By stream: when the hub stored its oldest message that the table does not hold, ms since the epoch. */
  readonly unarchived: Told<Readonly<Record<string, number>>>
  /** In what the streams are not what was archived and seen of them. */
  readonly streamFaults: Told<readonly StreamFault[]>
  readonly disks: readonly DiskFacts[]
  readonly ports: readonly PortFacts[]
}

export interface Finding {
  /** What was looked at; stable, for programs. */
  readonly check: string
  /** `unknown`: it could not be looked at, because of another fault or because what was asked is slow or away. */
  readonly state: 'ok' | 'warning' | 'fault' | 'unknown'
  readonly what: string
  /** What to do; missing where nothing is to be done. */
  readonly todo?: string
}

export const ok = (check: string, what: string): Finding => ({ check, state: 'ok', what })
export const warning = (check: string, what: string, todo: string): Finding => ({ check, state: 'warning', what, todo })
export const faultOf = (check: string, what: string, todo: string): Finding => ({ check, state: 'fault', what, todo })
export const unknown = (check: string, what: string): Finding => ({ check, state: 'unknown', what })
