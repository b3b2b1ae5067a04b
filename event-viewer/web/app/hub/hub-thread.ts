import type { Message, MessageInput } from '@fleetlake/contracts'
import type { PartitionBy } from '@fleetlake/core'
import type { HubStatus } from '@fleetlake/hub/browser'
import type { BoardState } from '@fleetlake/viewer-core'
import type { HeardRun } from './generations/heard-runs.ts'
import type { HeardImport } from './imports/heard-imports.ts'
import type { LiveFrame, LiveRequest, LiveVehicle } from './live/live-frame.ts'
import type { SearchAnswer, SearchInput, SearchProgress } from './search/search-answer.ts'

/** How the page comes to the hub; from `/api/config`. */
export interface HubSettings {
  readonly url: string
  readonly user?: string
  readonly password?: string
  /** Whether the gateway gives a ticket for each connection, in place of user and password. */
  readonly hasTickets: boolean
  /** That exist; all are listened to when not known. */
  readonly partitions: readonly number[] | null
  /** How far the clock of the viewer's service is ahead of the browser's, ms: the hub's is taken for the same until it is heard. */
  readonly clockAheadMs: number
  /** How far ahead of the hub's clock a report may be to be believed. */
  readonly futureToleranceMs: number
  readonly partitioning: { readonly by: PartitionBy; readonly geohashLength: number }
}

/** Plain data, so that it crosses the thread's border. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: string; readonly message: string }

/**
 * What the worker that holds the connection does for the page. It decodes, indexes and sorts; the page only draws. Callbacks
 * are called from the worker with plain data whose arrays are transferred, never copied.
 */
export interface HubThread {
  /**
   * Connects, and stays connected for as long as it takes; resolves once it listens. Rejects when the hub refuses the user.
   * @param onLoginEnd told that nobody is logged in any more, or another person is
   */
  connect(settings: HubSettings, onStatus: (status: HubStatus) => void, onLoginEnd: () => void): Promise<void>
  /** A page that is hidden gets no frames and no boards until it is seen again; reports that arrive meanwhile count. */
  setVisible(isVisible: boolean): Promise<void>
  /** At most ten frames a second while there is news. Replaces what was watched before. */
  watchLive(request: LiveRequest, onFrame: (frame: LiveFrame) => void): Promise<void>
  /** Of all vehicles that are known, silent ones too: those whose id begins with the text, then those that contain it. */
  findVehicles(text: string, max: number): Promise<LiveVehicle[]>
  liveVehicle(id: string): Promise<LiveVehicle | undefined>
  /** Services and commits, once a second; counted since the page was opened. @returns stops watching */
  watchBoard(onBoard: (board: BoardState) => void): Promise<() => void>
  /** Each commit as its message arrives. @returns stops watching */
  watchCommits(onCommit: (commit: Message<'aggregatePeriodStats'>) => void): Promise<() => void>
  /** Imports that run anywhere, once a second; heard since the page was opened. @returns stops watching */
  watchImports(onImports: (imports: readonly HeardImport[]) => void): Promise<() => void>
  generate(
    options: MessageInput<'startGeneration'>['options'],
    onProgress: (progress: Message<'generationProgress'>) => void,
  ): Promise<Outcome<Message<'generationStats'>>>
  /** Runs that anyone has asked for, once a second; heard since the page was opened. @returns stops watching */
  watchRuns(onRuns: (runs: readonly HeardRun[]) => void): Promise<() => void>
  /** Stops a run, also one that another page or a terminal has started. */
  stopRun(run: string): Promise<void>
  /** Stops what `generate` runs; that ends with the stats of the stopped run. */
  stopGeneration(): Promise<void>
  /** One search at a time for each `slot`: a new one cancels the one before it. */
  search(
    slot: string,
    input: SearchInput,
    onProgress: (progress: SearchProgress) => void,
  ): Promise<Outcome<SearchAnswer>>
  cancelSearch(slot: string): Promise<void>
  /** Has it recorded that found positions are about to leave as a file; resolves once that is stored. */
  recordExport(exported: Omit<MessageInput<'recordExport'>, 'export'>): Promise<Outcome<void>>
}
