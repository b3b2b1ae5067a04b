import type { MeasureSpec } from '@fleetlake/columnar'
import {
  filterSpanOf,
  findPages,
  type GroupPages,
  type IdKey,
  idKeysOf,
  indexSpanOf,
  keysInBounds,
  keysInFilter,
  type RowGroup,
  type Span,
} from '@fleetlake/columnar/parquet'
import type { VehicleSearch } from '../core/search.ts'
import type { HeldBytes } from './file-bytes.ts'
import type { Part } from './plan-reads.ts'
import { mayHoldMatches } from './prune-groups.ts'

/** A row group, or some of its pages. */
export interface GroupPart extends Part {
  readonly group: RowGroup
  /** Undefined for all of it. */
  readonly pages: GroupPages | undefined
}

/** For more of them nearly every page is wanted. */
const MOST_IDS = 64

/** The ids that are looked for in a file; undefined where they are too many, or not found by their bytes. */
export const keysOf = ({ vehicleIds }: VehicleSearch): readonly IdKey[] | undefined =>
  vehicleIds === undefined || vehicleIds.length > MOST_IDS ? undefined : idKeysOf(vehicleIds)

/** The bytes of a row group, first to last, of the columns of every position and of some measures. */
export const spanOf = ({ columns, measures }: RowGroup, wanted: readonly MeasureSpec[] = []): Span => {
  const found = [...columns, ...wanted.map(({ name }) => measures.get(name))].filter((column) => column !== undefined)
  return {
    start: Math.min(...found.map(({ offset }) => offset)),
    end: Math.max(...found.map(({ offset, bytes }) => offset + bytes)),
  }
}

/** A row group, and the ids that it may hold. */
interface Candidate {
  readonly group: RowGroup
  readonly keys: readonly IdKey[]
}

/** What spans of the file say of candidates; those of which nothing can be read, or only by more journeys than that is worth, stay as they are. */
const bring = async (
  candidates: readonly Candidate[],
  spanOfGroup: (group: RowGroup) => Span | undefined,
  file: HeldBytes,
): Promise<(group: RowGroup) => { readonly bytes: Uint8Array; readonly span: Span } | undefined> => {
  const spans = candidates.flatMap(({ group }) => spanOfGroup(group) ?? [])
  const bytesOf = spans.length === 0 ? undefined : await file.bring(spans)
  return (group) => {
    const span = spanOfGroup(group)
    return bytesOf && span && { bytes: bytesOf(span), span }
  }
}

const byFilters = async (candidates: readonly Candidate[], file: HeldBytes): Promise<Candidate[]> => {
  const filterOf = await bring(candidates, filterSpanOf, file)
  return candidates.flatMap(({ group, keys }) => {
    const filter = filterOf(group)
    const left = filter === undefined ? keys : keysInFilter(keys, group, filter.bytes)
    return left.length === 0 ? [] : [{ group, keys: left }]
  })
}

/**
 * What of a file may hold matches. Invariant: every match is in it; filters and page indexes that can't be believed, or lie scattered, count for nothing.
 * @param measures those that are wanted of each row
 * @throws RangeError for a filter or an index of ours that is damaged
 */
export const chooseParts = async (
  rowGroups: readonly RowGroup[],
  search: VehicleSearch,
  { file, measures }: { readonly file: HeldBytes; readonly measures: readonly MeasureSpec[] },
): Promise<GroupPart[]> => {
  const groups = rowGroups.filter((group) => mayHoldMatches(group, search))
  const wholeOf = (group: RowGroup): GroupPart => ({ group, pages: undefined, spans: [spanOf(group, measures)] })
  const keys = keysOf(search)
  if (keys === undefined) return groups.map(wholeOf)
  const inBounds = groups
    .map((group) => ({ group, keys: keysInBounds(keys, group) }))
    .filter((candidate) => candidate.keys.length > 0)
  const candidates = await byFilters(inBounds, file)
  const indexOf = await bring(candidates, (group) => indexSpanOf(group, measures), file)
  return candidates.flatMap(({ group, keys: left }) => {
    const index = indexOf(group)
    const part = index && { bytes: index.bytes, start: index.span.start }
    const pages = part && findPages(group, left, { part, measures })
    if (pages === undefined) return [wholeOf(group)]
    return pages.rows === 0 ? [] : [{ group, pages, spans: pages.columns.flatMap(({ spans }) => spans) }]
  })
}
