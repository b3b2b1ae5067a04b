import { z } from 'zod'
import { sequence } from './fields.ts'
import { checkFormat, FORMATS } from './formats.ts'

/** What the hub's stream ARCHIVE holds: which table it feeds, who it is, and how far the table is known to be. */
const archiveClaim = z.object({
  table: z.string(),
  hub: z.string(),
  version: sequence,
  fingerprint: z.string().optional(),
})

/** Of a claim of whatever release. */
const formatOf = z.object({ format: z.unknown() })

/**
 * Which table a hub feeds. Earlier releases wrote the table's id, and nothing else.
 */
export interface ArchiveClaim {
  /** The id of the table. */
  readonly table: string
  /** This hub's own; random, made with its first claim, and gone with its data. Undefined in a claim of an earlier release. */
  readonly hub: string | undefined
  /** A version that the table has reached: nothing was purged that only later ones hold. Undefined in a claim of an earlier release. */
  readonly version: number | undefined
  /** What the version is known by, where known: copies of a table that went on apart have others. */
  readonly fingerprint: string | undefined
}

export type WholeArchiveClaim = ArchiveClaim & { readonly hub: string; readonly version: number }

export const formatArchiveClaim = ({ table, hub, version, fingerprint }: WholeArchiveClaim): string =>
  JSON.stringify({ table, hub, version, ...(fingerprint === undefined ? {} : { fingerprint }), format: FORMATS.hub })

/**
 * @returns undefined for what is not a claim
 * @throws FleetError `format.newer` for a claim of a newer release
 */
export const parseArchiveClaim = (text: string): ArchiveClaim | undefined => {
  if (!text.startsWith('{')) return { table: text, hub: undefined, version: undefined, fingerprint: undefined }
  const value = jsonOf(text)
  const { format } = formatOf.safeParse(value).data ?? {}
  if (format !== undefined) checkFormat('what this hub keeps', String(format), FORMATS.hub)
  const { data } = archiveClaim.safeParse(value)
  return data && { table: data.table, hub: data.hub, version: data.version, fingerprint: data.fingerprint }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
