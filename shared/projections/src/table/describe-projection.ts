import { dateOf } from '@fleetlake/core'
import { ALL_BUCKETS } from '../buckets.ts'
import { entryOf } from './file-entry.ts'
import type { ProjectionTable } from './projection-table.ts'

/** How a projection's table stands. */
export interface ProjectionDescription {
  readonly table: string
  readonly version: number
  readonly files: number
  readonly bytes: number
  /** Partial ones; null when a file does not say how many it has. */
  readonly rows: number | null
  /** The version of `moves` that all buckets have folded; null while a bucket has folded nothing. */
  readonly folded: number | null
  /** Buckets that have folded something. */
  readonly buckets: number
  /** `YYYY-MM-DD`: of dates before it some bucket knows nothing yet; null likewise, while no date is folded, and where all are. */
  readonly from: string | null
}

const DAY_MS = 86_400_000
/** Later than any date. */
const LAST_DAY = 100_000_000

export const describeProjection = ({ kind, state }: ProjectionTable): ProjectionDescription => {
  const files = Array.from(state.files.values(), (add) => entryOf(add, kind.keyColumn))
  const offsets = ALL_BUCKETS.flatMap((bucket) => state.offset(bucket) ?? [])
  const isWhole = offsets.length === ALL_BUCKETS.length
  const rows = files.reduce((sum, entry) => sum + entry.rows, 0)
  const frontier = Math.max(...offsets.map((offset) => offset.frontier))
  return {
    table: kind.name,
    version: state.version,
    files: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    rows: Number.isFinite(rows) ? rows : null,
    folded: isWhole ? Math.min(...offsets.map(({ version }) => version)) : null,
    buckets: offsets.length,
    from: isWhole && frontier > 0 && frontier < LAST_DAY ? dateOf(frontier * DAY_MS) : null,
  }
}
