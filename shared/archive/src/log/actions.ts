import { crc32 } from 'node:zlib'
import { FleetError } from '@fleetlake/core'
import { z } from 'zod'

/**
 * The actions of Delta's protocol that say what is in a table. Paths are URI-encoded, times ms since the epoch. Fields and kinds that are
 * not named here are passed over, as the protocol asks of readers.
 */

const count = z.number().int().nonnegative()
const texts = z.record(z.string(), z.string())
const partitionValues = z.record(z.string(), z.string().nullable())

const protocol = z.object({
  minReaderVersion: count,
  minWriterVersion: count,
  readerFeatures: z.array(z.string()).nullish(),
  writerFeatures: z.array(z.string()).nullish(),
})

/** With what is not known here: who adds a column writes all of it again. */
const metaData = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  format: z.looseObject({ provider: z.string(), options: texts.nullish() }),
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
  /** Some rows of the file are not in the table: what is here says which. */
  deletionVector: z.record(z.string(), z.unknown()).nullish(),
})

const remove = z.object({
  path: z.string(),
  deletionTimestamp: z.number().nullish(),
  dataChange: z.boolean(),
  extendedFileMetadata: z.boolean().nullish(),
  partitionValues: partitionValues.nullish(),
  size: count.nullish(),
  deletionVector: z.record(z.string(), z.unknown()).nullish(),
})

/** `lastUpdated`: what `OffsetMove.timestampMs` says, not the commit's time. */
const txn = z.object({ appId: z.string(), version: count, lastUpdated: z.number().nullish() })

const commitInfo = z.record(z.string(), z.unknown())

/** What a program keeps of the table for itself. */
const domainMetadata = z.object({ domain: z.string() })

/** A file of a checkpoint of format 2 that holds adds and removes; its name within `_delta_log/_sidecars/`. */
const sidecar = z.object({ path: z.string() })

const line = z.object({
  protocol: protocol.nullish(),
  metaData: metaData.nullish(),
  add: add.nullish(),
  remove: remove.nullish(),
  txn: txn.nullish(),
  commitInfo: commitInfo.nullish(),
  sidecar: sidecar.nullish(),
  domainMetadata: domainMetadata.nullish(),
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
  readonly sidecar?: { readonly path: string } | null | undefined
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
 * The actions of a file of one action a line, in its order.
 * @param where the file, for errors
 * @throws FleetError `table.invalid` with the line
 */
export const parseActions = (bytes: Uint8Array, where: string): Action[] =>
  decodeText(bytes, where)
    .split('\n')
    .flatMap((text, i) => {
      if (text.trim() === '') return []
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch (error) {
        throw new FleetError('table.invalid', `${where}, line ${i + 1}, is not JSON`, { cause: error })
      }
      return [checkAction(value, `${where}, line ${i + 1},`)]
    })

const decodeText = (bytes: Uint8Array, where: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new FleetError('table.invalid', `${where} is not UTF-8`, { cause: error })
  }
}

const NEW_LINE = 10

/** Of the version as well: a commit in the place of another is as wrong as one that was changed. */
const checksumOf = (version: number, bytes: Uint8Array): string =>
  `crc32:${crc32(bytes, crc32(`${version}\n`))
    .toString(16)
    .padStart(8, '0')}`

/** What follows the first line. */
const afterFirstLine = (bytes: Uint8Array): Uint8Array => bytes.subarray(bytes.indexOf(NEW_LINE) + 1)

/**
 * The actions of a commit file, in its order. Invariant: a file that was cut off or changed is not believed. Commits of ours begin with a commitInfo
 * that has a checksum of the version and all lines after it.
 * @param where the file, for errors
 * @throws FleetError `table.invalid` with the line
 */
export const parseCommit = (bytes: Uint8Array, where: string, version: number): Action[] => {
  const actions = parseActions(bytes, where)
  if (actions.length === 0) throw new FleetError('table.invalid', `${where} is empty`)
  // Kinds that are not known may be there, but no commit is made of them alone.
  if (actions.every((action) => Object.keys(action).length === 0)) {
    throw new FleetError('table.invalid', `${where} holds no action`)
  }
  const checksum = actions[0].commitInfo?.['checksum']
  if (typeof checksum !== 'string' || !checksum.startsWith('crc32:')) return actions
  if (checksum === checksumOf(version, afterFirstLine(bytes))) return actions
  throw new FleetError('table.invalid', `${where} is damaged: its checksum does not match`)
}

/** @param version puts a checksum of it and of all lines after the first into that one, which is a commitInfo */
export const formatCommit = (actions: readonly Action[], version?: number): Uint8Array => {
  const format = (some: readonly Action[]): Uint8Array =>
    new TextEncoder().encode(some.map((action) => `${JSON.stringify(action)}\n`).join(''))
  const [{ commitInfo: info } = {}, ...rest] = actions
  if (!info || version === undefined) return format(actions)
  const body = format(rest)
  const head = format([{ commitInfo: { ...info, checksum: checksumOf(version, body) } }])
  return Buffer.concat([head, body])
}
