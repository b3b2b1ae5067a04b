import { openTable, type Snapshot } from '@fleetlake/archive'
import { sleep } from '@fleetlake/core'
import {
  ALL_BUCKETS,
  ALL_DATES,
  LATEST,
  openProjectionTable,
  PRESENCE,
  type ProjectionKind,
  type ProjectionState,
} from '@fleetlake/projections'
import { distinctReports, plainLatest, plainPresence } from '../../shared/projections/src/testing/batch-oracle.ts'
import { latestTexts, presenceTexts } from '../../shared/projections/src/testing/table-rows.ts'
import type { ArchiveDisk } from './archive-disk.ts'
import { KEY_COLUMN } from './world.ts'

const LOOK_MS = 1_000

/** Whether a projection has taken in all of a version. */
const isFolded = (state: ProjectionState, { version }: Snapshot): boolean =>
  ALL_BUCKETS.every((bucket) => {
    const offset = state.offset(bucket)
    return offset?.version === version && offset.frontier === ALL_DATES
  })

/** What is wrong with the derived tables, once they have taken in all that is archived: each is what its rows come to by brute force. */
export const judgeProjections = async ({ stores }: Pick<ArchiveDisk, 'stores'>): Promise<string[]> => {
  /** The rows of a projection and the version of the archive that it has taken in, as soon as that is the newest. */
  const settled = async (kind: ProjectionKind, name: 'presence' | 'latest') => {
    for (;;) {
      const { snapshot } = await openTable(stores.moves)
      const table = await openProjectionTable(stores[name], kind, {})
      if (table !== undefined && isFolded(table.state, snapshot)) {
        return { snapshot, rows: await table.rows(table.state, {}) }
      }
      await sleep(LOOK_MS)
    }
  }
  const presence = await settled(PRESENCE, 'presence')
  const latest = await settled(LATEST, 'latest')
  const compare = (what: string, rows: readonly string[], wanted: readonly string[]): string[] => {
    const missing = wanted.filter((row) => !rows.includes(row))
    return rows.length === wanted.length && missing.length === 0
      ? []
      : [`${what} has ${rows.length} rows where ${wanted.length} are due, without ${missing[0]}`]
  }
  return [
    ...compare(
      'presence',
      presenceTexts(presence.rows),
      plainPresence(await distinctReports(stores.moves, presence.snapshot)),
    ),
    ...compare(
      'latest',
      latestTexts(latest.rows),
      plainLatest(await distinctReports(stores.moves, latest.snapshot), ['vehicle_id', KEY_COLUMN]),
    ),
  ]
}
