import { randomUUID } from 'node:crypto'
import { FORMATS, TABLE_FORMAT } from '@fleetlake/contracts'
import type { Action } from './actions.ts'

/** What a table is made as. */
export interface NewTable {
  readonly name: string
  readonly schemaString: string
  readonly partitionColumns: readonly string[]
  readonly configuration: Readonly<Record<string, string>>
}

/** The first commit of a table. */
export const firstActions = (
  { name, schemaString, partitionColumns, configuration }: NewTable,
  { nowMs, engine }: { readonly nowMs: number; readonly engine: string },
): Action[] => [
  { commitInfo: { timestamp: nowMs, operation: 'CREATE TABLE', engineInfo: engine, commitId: randomUUID() } },
  { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
  {
    metaData: {
      id: randomUUID(),
      name,
      format: { provider: 'parquet', options: {} },
      schemaString,
      partitionColumns: [...partitionColumns],
      configuration: { ...configuration, [TABLE_FORMAT]: String(FORMATS.table) },
      createdTime: nowMs,
    },
  },
]
