import { COLUMNS } from '../columns.ts'
import { measureValue } from '../rows/measure-columns.ts'
import type { Rows } from '../rows/rows.ts'
import { textsToStrings } from '../rows/text-list.ts'
import { createArena } from '../parquet/arena.ts'
import { findPages, groupOfPages, indexSpanOf } from '../parquet/find-pages.ts'
import { filterSpanOf, type IdKey, idKeysOf, keysInBounds, keysInFilter } from '../parquet/keys.ts'
import { parseFooter, type RowGroup } from '../parquet/read-footer.ts'
import { rowsOfGroup } from '../parquet/read-group.ts'
import { bytesIn } from '../parquet/span.ts'

/** For tests and the fuzzer: rows of a file that is held in memory. */
export interface FoundRows {
  /** Each row's values, in the order of `COLUMNS`, then its measures. */
  readonly rows: readonly (readonly unknown[])[]
  /** How many rows were unpacked to find them. */
  readonly unpacked: number
}

const valuesOf = (rows: Rows): unknown[][] => {
  const texts = { id: textsToStrings(rows.vehicleIds), label: rows.vehicleTypes }
  return Array.from({ length: rows.length }, (_, row) => [
    ...COLUMNS.map(({ key, kind }) =>
      kind === 'id' || kind === 'label' ? texts[kind][rows[key][row]] : rows[key][row],
    ),
    ...rows.measures.map((column) => measureValue(column, row)),
  ])
}

const named = (rows: readonly (readonly unknown[])[], ids: readonly string[]): (readonly unknown[])[] =>
  rows.filter(([id]) => ids.includes(String(id)))

/** The rows of some vehicles, found in all rows. */
export const findInAll = (bytes: Uint8Array, ids: readonly string[], arena = createArena()): FoundRows => {
  const { rowGroups, measures, rows } = parseFooter(bytes)
  const all = rowGroups.flatMap((group) => valuesOf(rowsOfGroup(group, { bytes, start: 0 }, arena, measures)))
  return { rows: named(all, ids), unpacked: rows }
}

const keysLeft = (group: RowGroup, keys: readonly IdKey[], bytes: Uint8Array): readonly IdKey[] => {
  const span = filterSpanOf(group)
  const left = keysInBounds(keys, group)
  return span === undefined || left.length === 0 ? left : keysInFilter(left, group, bytesIn({ bytes, start: 0 }, span))
}

/** The rows of some vehicles, found by bounds, filters and page indexes. */
export const findByIndex = (bytes: Uint8Array, ids: readonly string[], arena = createArena()): FoundRows => {
  const { rowGroups, measures } = parseFooter(bytes)
  const [keys, file] = [idKeysOf(ids), { bytes, start: 0 }]
  let unpacked = 0
  const rows = rowGroups.flatMap((group) => {
    const left = keys && keysLeft(group, keys, bytes)
    if (left?.length === 0) return []
    const span = indexSpanOf(group, measures)
    const pages =
      left && span && findPages(group, left, { part: { bytes: bytesIn(file, span), start: span.start }, measures })
    if (pages?.rows === 0) return []
    const found = pages === undefined ? { group, part: file } : groupOfPages(pages, (each) => bytesIn(file, each))
    unpacked += found.group.rows
    return valuesOf(rowsOfGroup(found.group, found.part, arena, measures))
  })
  return { rows: named(rows, ids), unpacked }
}
