import { crc32 } from 'node:zlib'
import type { ObjectStore } from '@fleetlake/archive'
import { FleetError, reasonOf } from '@fleetlake/core'
import {
  boundOfNumber,
  type ColumnChunk,
  type FileFooter,
  type FileGroup,
  type FilePart,
  footerBytesOf,
  parseFileFooter,
  readFileGroup,
  TRAILER_BYTES,
} from '@fleetlake/columnar/parquet'
import type { Batch } from './batch.ts'
import type { FileEntry } from './file-entry.ts'
import type { ProjectionKind } from './projection-kind.ts'
import { type BoundSelection, mayHoldBuckets, placeOf, selectRows } from './selection.ts'

/** A smaller file is read at once: a request costs a journey. */
const WHOLE_BYTES = 256 * 1024
/** Of a larger one the end is read first, in which the footer is as a rule. */
const FOOTER_BYTES = 64 * 1024
/** Row groups that lie next to each other, or nearly so, are read at once, so many bytes at most. */
const GAP_BYTES = 64 * 1024
const MOST_AT_ONCE = 2 * 1024 * 1024
/** Footers of larger files that are kept, since lookups come to the same ones. */
const KEPT_FOOTERS = 256

/** Reads files of a projection. */
export interface FileReader {
  /**
   * The rows of a file that are wanted, row group by row group, in the order of the file.
   * @throws FleetError `table.invalid` for a file that is not as it was written, `table.unsupported`, `store.failed`
   */
  read(entry: FileEntry, selection: BoundSelection): AsyncGenerator<Batch>
}

/** A run of row groups that are read at once. */
interface Fetch {
  readonly offset: number
  readonly length: number
  readonly groups: readonly FileGroup[]
}

/** What is fetched for some row groups, in their order. */
export const planFetches = (groups: readonly FileGroup[]): Fetch[] => {
  const fetches: Fetch[] = []
  for (const group of groups) {
    const last = fetches.at(-1)
    const end = group.offset + group.bytes
    const gap = last === undefined ? Infinity : group.offset - (last.offset + last.length)
    if (last !== undefined && gap >= 0 && gap <= GAP_BYTES && end - last.offset <= MOST_AT_ONCE) {
      fetches[fetches.length - 1] = { ...last, length: end - last.offset, groups: [...last.groups, group] }
    } else fetches.push({ offset: group.offset, length: group.bytes, groups: [group] })
  }
  return fetches
}

/** Never passes over a row group with a row that is wanted. */
const mayHoldGroup = (
  { buckets, days, key }: { readonly buckets: ColumnChunk; readonly days?: ColumnChunk; readonly key: ColumnChunk },
  selection: BoundSelection,
): boolean => {
  const numbers = ({ min, max, form }: ColumnChunk): readonly [number, number] => [
    (min && boundOfNumber(min, form)) ?? -Infinity,
    (max && boundOfNumber(max, form)) ?? Infinity,
  ]
  const [leastBucket, mostBucket] = numbers(buckets)
  if (!mayHoldBuckets(selection, leastBucket, mostBucket)) return false
  if (days !== undefined) {
    const [least, most] = numbers(days)
    if (most < selection.days.from || least >= selection.days.to) return false
  }
  const { min, max } = key
  const { keys } = selection
  if (keys === undefined || min === undefined || max === undefined) return true
  // In the order of the file the bucket comes first: a group of other buckets may have keys on both sides of it.
  return keys.some(
    ({ bytes, bucket }) =>
      bucket >= leastBucket &&
      bucket <= mostBucket &&
      Buffer.compare(bytes, min) >= 0 &&
      Buffer.compare(bytes, max) <= 0,
  )
}

export const createFileReader = (store: ObjectStore, kind: ProjectionKind): FileReader => {
  const { columns, name } = kind
  const [datePlace, keyPlace] = [placeOf(kind, 'date'), placeOf(kind, kind.keyColumn)]
  const footers = new Map<string, FileFooter>()

  const remember = (path: string, footer: FileFooter): FileFooter => {
    footers.set(path, footer)
    if (footers.size > KEPT_FOOTERS) footers.delete(footers.keys().next().value!)
    return footer
  }

  const get = async (path: string, offset: number, length: number): Promise<Uint8Array> => {
    const bytes = await store.get(path, { offset, length })
    if (bytes === undefined)
      throw new FleetError('table.invalid', 'it is missing: vacuum took it, or it was deleted by hand')
    if (bytes.length !== length) throw new RangeError(`it has ${offset + bytes.length} bytes instead of more`)
    return bytes
  }

  const footerIn = ({ path, size, footerCrc }: FileEntry, part: FilePart): FileFooter => {
    const footerBytes = footerBytesOf(part.bytes)
    if (footerCrc !== undefined && crc32(part.bytes.subarray(part.bytes.length - footerBytes)) !== footerCrc) {
      throw new RangeError('its footer is not the one that was written')
    }
    const footer = parseFileFooter(part.bytes, size, columns)
    // That of a smaller file would hold on to all of its bytes.
    return size > WHOLE_BYTES ? remember(path, footer) : footer
  }

  /** The footer, and what was read of the file for it. */
  const open = async (entry: FileEntry): Promise<{ readonly footer: FileFooter; readonly part: FilePart }> => {
    const { path, size } = entry
    const known = footers.get(path)
    if (known !== undefined) return { footer: known, part: { bytes: new Uint8Array(0), start: size } }
    const start = size <= WHOLE_BYTES ? 0 : size - FOOTER_BYTES
    const bytes = await get(path, start, size - start)
    if (bytes.length < TRAILER_BYTES) throw new RangeError('it is too short for a Parquet file')
    const footerBytes = footerBytesOf(bytes)
    if (footerBytes > size) throw new RangeError('its metadata reach beyond the file')
    const part =
      footerBytes <= bytes.length
        ? { bytes, start }
        : { bytes: await get(path, size - footerBytes, footerBytes), start: size - footerBytes }
    return { footer: footerIn(entry, part), part }
  }

  async function* readRows(entry: FileEntry, selection: BoundSelection): AsyncGenerator<Batch> {
    if (entry.hasDeletedRows) {
      throw new FleetError('table.unsupported', 'it has deleted rows (a deletion vector), which are not read')
    }
    const { footer, part } = await open(entry)
    const groups = footer.groups.filter(({ chunks }) =>
      mayHoldGroup(
        { buckets: chunks[0], key: chunks[keyPlace], ...(kind.hasDates ? { days: chunks[datePlace] } : {}) },
        selection,
      ),
    )
    for (const { offset, length, groups: some } of planFetches(groups)) {
      const isThere = offset >= part.start
      const from = isThere ? part : { bytes: await get(entry.path, offset, length), start: offset }
      for (const group of some) {
        const batch = { length: group.rows, columns: readFileGroup(group, from, columns) }
        const wanted = selectRows(kind, batch, selection)
        if (wanted.length > 0) yield wanted
      }
    }
  }

  return {
    async *read(entry, selection) {
      try {
        yield* readRows(entry, selection)
      } catch (error) {
        if (error instanceof FleetError && !['table.invalid', 'table.unsupported'].includes(error.code)) throw error
        const code = error instanceof FleetError ? error.code : 'table.invalid'
        throw new FleetError(
          code,
          `${store.url(entry.path)}, a file of the table ${name}, can't be read: ${reasonOf(error)}. ` +
            `Delete the folder ${store.url('')}: the projector makes the table anew`,
          { cause: error },
        )
      }
    },
  }
}
