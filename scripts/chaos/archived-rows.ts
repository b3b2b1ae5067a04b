import { join } from 'node:path'
import { COMPACTION_APP, createFileStore, openTable } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'
import { liveFiles, readTable } from '@fleetlake/testing'
import { count, rowKey } from './stored-rows.ts'

/** The rows of one date, by a reader that knows the Delta protocol alone. */
export const archivedRows = async (archivePath: string, date: string): Promise<Map<string, number>> => {
  const rows = await readTable(join(archivePath, 'moves'), { date })
  const counts = new Map<string, number>()
  for (let i = 0; i < rows.length; i++) count(counts, rowKey(rows.vehicleIds[i], rows.time[i], rows.x[i], rows.y[i]))
  return counts
}

/** How often the table has been compacted. */
export const countCompactions = async (archivePath: string): Promise<number> =>
  (await openTable(createFileStore(join(archivePath, 'moves')))).snapshot.txn(COMPACTION_APP)

/**
 * Invariant: the log reads the same whether by our own code, with its checkpoints, or by the protocol alone.
 * @throws FleetError `table.invalid`
 */
export const checkLog = async (archivePath: string): Promise<void> => {
  const folder = join(archivePath, 'moves')
  for (let look = 1; ; look++) {
    const { version, files } = await liveFiles(folder)
    const { snapshot } = await openTable(createFileStore(folder))
    // A compactor may commit between the two.
    if (snapshot.version > version && look < LOOKS) continue
    const ours = [...snapshot.files()].length
    if (snapshot.version === version && ours === files.length) return
    throw new FleetError(
      'table.invalid',
      `version ${snapshot.version} with ${ours} files, by the protocol ${version} with ${files.length}`,
    )
  }
}

const LOOKS = 20
