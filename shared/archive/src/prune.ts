import {
  type Area,
  finish,
  overlaps,
  parseCell,
  type Period,
  type Place,
  placeOf,
  placeOfCell,
  type Steps,
} from '@fleetlake/core'
import type { RowTest } from '@fleetlake/columnar'
import type { Chunk } from './chunk.ts'
import type { DateFiles, Totals } from './log/files.ts'
import type { Snapshot } from './snapshot.ts'
import { mayHoldSelected } from './may-hold-selected.ts'
import { compareUtf8 } from './utf8-order.ts'

/** What is looked for. */
export interface Search {
  readonly area: Area
  /** `[from, to)`, whole ms. */
  readonly period: Period
  /** Any when missing. */
  readonly vehicleTypes?: readonly string[] | undefined
  readonly vehicleIds?: readonly string[] | undefined
  /** A filter of rows. */
  readonly where?: RowTest | undefined
  /** When matches may lie in a cell on a date; any time when missing. */
  readonly timesIn?: TimesIn | undefined
}

/** When something may have been in a cell on a date, ms, `[from, to)`; undefined: not at all. */
export type TimesIn = (date: string, cell: string) => Period | undefined

export interface KeptChunk {
  readonly chunk: Chunk
  /** All its rows lie in the area, by its cell or by its bounds, and need no test against it. */
  readonly inside: boolean
  /** Its matches lie within; missing where no more is known than the search says. */
  readonly period?: Period
}

export interface Pruned {
  /** Oldest first. */
  readonly kept: readonly KeptChunk[]
  readonly total: Totals
  readonly pruned: Totals
}

/** Whether one of some texts may lie in `[min, max]`, an unknown bound being none. */
type TextTest = (min: string | undefined, max: string | undefined) => boolean

/** @param wanted any text when undefined, none when empty */
const textTest = (wanted: readonly string[] | undefined): TextTest => {
  if (wanted === undefined) return () => true
  const sorted = wanted.toSorted(compareUtf8)
  return (min, max) => {
    const first = min === undefined ? 0 : firstFrom(sorted, min)
    return first < sorted.length && (max === undefined || compareUtf8(sorted[first], max) <= 0)
  }
}

/** The index of the first text that is not below a bound. */
const firstFrom = (sorted: readonly string[], bound: string): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareUtf8(sorted[middle], bound) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Looks up each distinct cell once. */
const cellPlaces = (area: Area): ((cell: string) => Place) => {
  const places = new Map<string, Place>()
  return (cell) => {
    let place = places.get(cell)
    if (place === undefined) {
      place = placeOfCell(area, parseCell(cell), cell.length)
      places.set(cell, place)
    }
    return place
  }
}

interface ChunkTests {
  readonly hasLimitedStats: boolean
  readonly search: Search
  readonly hasId: TextTest
  readonly hasType: TextTest
}

const mayMatch = (chunk: Chunk, { search, hasLimitedStats, hasId, hasType }: ChunkTests): boolean => {
  const { bounds } = chunk
  const { area, period, where } = search
  return (
    chunk.from < period.to &&
    chunk.to >= period.from &&
    bounds.west <= area.bounds.east &&
    bounds.east >= area.bounds.west &&
    bounds.south <= area.bounds.north &&
    bounds.north >= area.bounds.south &&
    hasType(chunk.vehicleTypeMin, chunk.vehicleTypeMax) &&
    hasId(chunk.vehicleIdMin, chunk.vehicleIdMax) &&
    (where === undefined || mayHoldSelected(where, chunk, hasLimitedStats))
  )
}

const touches = ({ from, to }: Chunk, times: Period): boolean => from < times.to && to >= times.from

const byAge = (a: KeptChunk, b: KeptChunk): number =>
  a.chunk.from - b.chunk.from || (a.chunk.path < b.chunk.path ? -1 : a.chunk.path > b.chunk.path ? 1 : 0)

function* datesOf({ dates }: Snapshot, period: Period): Generator<DateFiles> {
  for (const files of dates.values()) if (overlaps(files.period, period)) yield files
}

/**
 * May keep a chunk without matches; never drops one with a match. Costs a look at each date, then at the cells and the files of those
 * that the period touches.
 */
export const prune = (snapshot: Snapshot, search: Search): Pruned => finish(pruneSteps(snapshot, search))

/** `prune`, in small steps. */
export function* pruneSteps(snapshot: Snapshot, search: Search): Steps<Pruned> {
  const placeOfName = cellPlaces(search.area)
  const { hasLimitedStats } = snapshot
  const tests = { search, hasLimitedStats, hasId: textTest(search.vehicleIds), hasType: textTest(search.vehicleTypes) }
  const kept: KeptChunk[] = []
  let [bytes, rows] = [0, 0]
  const { timesIn } = search
  for (const { date, cells } of datesOf(snapshot, search.period)) {
    for (const [cell, chunks] of cells) {
      yield
      const times = timesIn?.(date, cell)
      if (timesIn !== undefined && (times === undefined || !overlaps(times, search.period))) continue
      const cellPlace = placeOfName(cell)
      if (cellPlace === 'outside') continue
      for (const chunk of chunks) {
        if (!mayMatch(chunk, tests) || (times !== undefined && !touches(chunk, times))) continue
        if (cellPlace === 'boundary') yield
        const place = cellPlace === 'boundary' ? placeOf(search.area, chunk.bounds) : cellPlace
        if (place === 'outside') continue
        kept.push({ chunk, inside: place === 'inside', ...(times === undefined ? {} : { period: times }) })
        bytes += chunk.bytes
        rows += chunk.rows ?? 0
      }
    }
  }
  const { totals } = snapshot
  const pruned = { files: totals.files - kept.length, bytes: totals.bytes - bytes, rows: totals.rows - rows }
  return { kept: kept.toSorted(byAge), total: totals, pruned }
}
