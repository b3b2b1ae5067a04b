import { z } from 'zod'
import { sequence } from './fields.ts'

/** What the hub's stream ARCHIVE holds: which table it feeds, who it is, and how far the table is known to be. */
const archiveClaim = z.object({
  table: z.string(),
  hub: z.string(),
  version: sequence,
  fingerprint: z.string().optional(),
})

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
  JSON.stringify({ table, hub, version, ...(fingerprint === undefined ? {} : { fingerprint }) })

/** @returns undefined for what is not a claim */
export const parseArchiveClaim = (text: string): ArchiveClaim | undefined => {
  if (!text.startsWith('{')) return { table: text, hub: undefined, version: undefined, fingerprint: undefined }
  try {
    const { table, hub, version, fingerprint } = archiveClaim.parse(JSON.parse(text))
    return { table, hub, version, fingerprint }
  } catch {
    return undefined
  }
}
