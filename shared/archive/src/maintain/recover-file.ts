import { cellName, cellOf, FleetError, periodOfDate } from '@fleetlake/core'
import { chunkOf } from '../chunk.ts'
import { type ChunkStats, formatStats, joinStats, statsOf } from '../chunk-stats.ts'
import type { AddFile } from '../log/actions.ts'
import { encodePath } from '../paths.ts'
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts'
import { readRows } from './read-rows.ts'

const PLACE = /^date=(?<date>[^/]+)\/cell=(?<cell>[^/]+)\//

/** The log's entry of a file, and the measures that its rows have. */
export interface RecoveredFile {
  readonly add: AddFile
  readonly measures: readonly string[]
}

const valued = ({ measures, rows }: ChunkStats): string[] =>
  measures.flatMap(({ name, nulls }) => (nulls < rows ? [name] : []))

/**
 * The log's entry for a data file that the log does not name: its path contains date and cell, and its rows are read for their number
 * and bounds.
 * @throws FleetError `table.unsupported`, `table.invalid`, `cell.invalid` for a file that can't be read whole or lies in another place than its rows
 */
export const recoverFile = async (
  store: ObjectStore,
  { path, size, modifiedMs }: ObjectInfo,
): Promise<RecoveredFile> => {
  const { date = '', cell = '' } = PLACE.exec(path)?.groups ?? {}
  const add = {
    path: encodePath(path),
    partitionValues: { date, cell },
    size,
    modificationTime: Math.round(modifiedMs),
  }
  const chunk = chunkOf(add)
  let stats: ChunkStats | undefined
  for await (const rows of readRows(store, chunk, { period: periodOfDate(date) })) {
    for (let i = 0; i < rows.length; i++) {
      if (cellName(cellOf(rows.longitude[i], rows.latitude[i], cell.length), cell.length) !== cell) {
        throw new FleetError('table.invalid', `${path} holds rows of other cells`)
      }
    }
    const some = statsOf(rows)
    stats = stats === undefined ? some : joinStats(stats, some)
  }
  if (stats === undefined) throw new FleetError('table.invalid', `${path} holds no row of its date`)
  const measures = valued(stats)
  return { add: { ...add, stats: formatStats(stats) }, measures }
}
