import type { MessageInput } from '@fleetlake/contracts'
import { type Hub, storeExport, storeSearchAsked, storeSearchEnded } from '@fleetlake/hub'

/** Where it is recorded who searches what. */
export interface SearchRecords {
  /** Resolves once it is stored. @throws FleetError `query.unrecorded` */
  begin(asked: MessageInput<'searchAsked'>): Promise<void>
  /** Stored after the answer, which does not wait for it. */
  end(ended: MessageInput<'searchEnded'>): void
  /** Resolves once it is stored; with one id it is stored once. @throws FleetError `query.unrecorded` */
  export(id: string, exported: MessageInput<'positionsExported'>): Promise<void>
  /** Resolves when no end is on its way. */
  settled(): Promise<void>
}

/** Nobody waits for it; a hub that is away for longer misses it. */
const END_WITHIN_MS = 30_000

/** @param onFault told of ends that were not stored */
export const createSearchRecords = (hub: Hub, onFault: (error: unknown) => void): SearchRecords => {
  const ending = new Set<Promise<void>>()
  return {
    begin: (asked) => storeSearchAsked(hub, asked),
    end: (ended) => {
      const stored: Promise<void> = storeSearchEnded(hub, ended, { withinMs: END_WITHIN_MS })
        .catch(onFault)
        .finally(() => ending.delete(stored))
      ending.add(stored)
    },
    export: (id, exported) => storeExport(hub, exported, { id }),
    settled: async () => void (await Promise.all(ending)),
  }
}
