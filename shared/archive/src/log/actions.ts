import { FleetError } from '@fleetlake/core'
import { z } from 'zod'

/**
 * The actions of Delta's protocol that a table of reader version 1, writer version 2 holds. Paths are URI-encoded, times ms since
 * the epoch. Fields and kinds that are not named here are passed over, as the protocol asks of readers.
 */

const count = z.number().int().nonnegative()
const texts = z.record(z.string(), z.string())
const partitionValues = z.record(z.string(), z.string().nullable())

const protocol = z.object({ minReaderVersion: count, minWriterVersion: count })

const metaData = z.object({
  id: z.string(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  format: z.object({ provider: z.string(), options: texts.nullish() }),
  schemaString: z.string(),
  partitionColumns: z.array(z.string()),
  configuration: texts.nullish(),
  createdTime: count.nullish(),
})

const add = z.object({
  path: z.string(),
  partitionValues,
  size: count,
  modificationTime: z.number(),
  dataChange: z.boolean(),
  stats: z.string().nullish(),
  tags: z.record(z.string(), z.string().nullable()).nullish(),
})

const remove = z.object({
  path: z.string(),
  deletionTimestamp: z.number().nullish(),
  dataChange: z.boolean(),
  extendedFileMetadata: z.boolean().nullish(),
  partitionValues: partitionValues.nullish(),
  size: count.nullish(),
})

/** `lastUpdated`: what `OffsetMove.timestampMs` says, not the commit's time. */
const txn = z.object({ appId: z.string(), version: count, lastUpdated: z.number().nullish() })

const commitInfo = z.record(z.string(), z.unknown())

const line = z.object({
  protocol: protocol.nullish(),
  metaData: metaData.nullish(),
  add: add.nullish(),
  remove: remove.nullish(),
  txn: txn.nullish(),
  commitInfo: commitInfo.nullish(),
})

export type Protocol = z.output<typeof protocol>
export type MetaData = z.output<typeof metaData>
export type Add = z.output<typeof add>
export type Remove = z.output<typeof remove>
export type Txn = z.output<typeof txn>
export type CommitInfo = z.output<typeof commitInfo>

/** One action; of the kinds one is there. */
export interface Action {
  readonly protocol?: Protocol | null | undefined
  readonly metaData?: MetaData | null | undefined
  readonly add?: Add | null | undefined
  readonly remove?: Remove | null | undefined
  readonly txn?: Txn | null | undefined
  readonly commitInfo?: CommitInfo | null | undefined
}

/** A file to add: an `add` but for `dataChange`, which is the commit's. */
export interface AddFile {
  /** Relative to the table, URI-encoded. */
  readonly path: string
  readonly partitionValues: Record<string, string | null>
  readonly size: number
  /** ms since the epoch. */
  readonly modificationTime: number
  /** JSON text. */
  readonly stats?: string
}

/** @throws FleetError `table.invalid` with the kind and the field */
export const checkAction = (value: unknown, where: string): Action => {
  const parsed = line.safeParse(value)
  if (parsed.success) return parsed.data
  throw new FleetError('table.invalid', `${where} is not an action of the log: ${z.prettifyError(parsed.error)}`)
}

/**
 * The actions of a commit file, in its order.
 * @param where the file, for errors
 * @throws FleetError `table.invalid` with the line
 */
export const parseCommit = (bytes: Uint8Array, where: string): Action[] => {
  const lines = new TextDecoder().decode(bytes).split('\n')
  return lines.flatMap((text, i) => {
    if (text.trim() === '') return []
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      throw new FleetError('table.invalid', `${where}, line ${i + 1}, is not JSON`, { cause: error })
    }
    return [checkAction(value, `${where}, line ${i + 1},`)]
  })
}

export const formatCommit = (actions: readonly Action[]): Uint8Array =>
  new TextEncoder().encode(actions.map((action) => `${JSON.stringify(action)}\n`).join(''))
