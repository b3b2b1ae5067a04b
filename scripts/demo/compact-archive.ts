import { compactTable, openTable, openTableStore } from '@fleetlake/archive'
import { openCodec } from '@fleetlake/columnar/formats'
import { type ArchiveConfig, configSchema } from '@fleetlake/contracts'

export interface CompactionFigures {
  readonly files: number
  readonly rows: number
  readonly duplicates: number
  readonly bytesPerEvent: number
  readonly elapsedMs: number
  readonly cpuMicrosPerEvent: number
}

/** What `fleet table compact` does, once nothing comes in any more. */
export const compactArchive = async (
  archive: ArchiveConfig,
  say: (line: string) => void,
): Promise<CompactionFigures> => {
  const store = await openTableStore(archive)
  const table = await openTable(store)
  const { compactor } = configSchema.parse({})
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  const { filesBefore, filesAfter, duplicates } = await compactTable(
    { ...compactor, quietMs: 0 },
    { table, store, codec: await openCodec(archive.format), signal: new AbortController().signal },
  )
  const { user, system } = process.cpuUsage(cpuBefore)
  const elapsedMs = Math.round(performance.now() - startedAt)
  say(`compacted ${filesBefore} files into ${filesAfter}`)
  const { files, rows, bytes } = table.snapshot.totals
  await table.close()
  const perEvent = (value: number): number => Number((value / Math.max(1, rows)).toFixed(2))
  return {
    files,
    rows,
    duplicates,
    bytesPerEvent: perEvent(bytes),
    elapsedMs,
    cpuMicrosPerEvent: perEvent(user + system),
  }
}
