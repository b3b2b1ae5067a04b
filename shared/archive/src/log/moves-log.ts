import type { ObjectStore } from '../store/object-store.ts'
import { damaged, replaced } from './damage.ts'
import { loadCheckpoint } from './load-checkpoint.ts'
import type { LogKind } from './log-kind.ts'
import { applyVersions, type LogState, stateOfCheckpoint } from './state.ts'

/** The log of the table of positions in a store. */
export const movesLogIn = (store: ObjectStore): LogKind<LogState> => ({
  apply: applyVersions,
  loadCheckpoint: async (from, name) => {
    const held = await loadCheckpoint(from, name)
    return held && stateOfCheckpoint(name.version, held)
  },
  damaged,
  replaced: (version) => replaced(store.url(''), version),
})
