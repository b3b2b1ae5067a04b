import { overlaps, periodOfDate, windowStart } from '@fleetlake/core'
import type { Chunk } from '../chunk.ts'
import type { DateFiles } from '../log/files.ts'
import type { Snapshot } from '../snapshot.ts'
import { isCompacted } from './compacted.ts'

export interface CompactionRules {
  /** What a large file has; about half of it is large enough to be left alone. */
  readonly targetBytes: number
  /** A window is left alone until this long after its end, a date is closed this long after its own. */
  readonly quietMs: number
  /** What one rewrite reads at most, unless a single file is larger. */
  readonly rewriteBytes: number
}

/** Some files of one (date, cell) that become fewer. */
export interface Rewrite {
  readonly date: string
  readonly cell: string
  /** They leave the table; the earliest rows first. */
  readonly take: readonly Chunk[]
  /** They stay; rows of `take` that they hold too are duplicates. */
  readonly keep: readonly Chunk[]
}

/**
 * While its date is open, files of a cell are merged once there are this many: each row is then rewritten a few times a day, and a search
 * of today meets a few files a cell.
 */
const FAN_IN = 8

/** A compacted file is rewritten only for at least this part of its bytes, or what comes late would rewrite a day again and again. */
const GROWTH_OPEN = 4
const GROWTH_CLOSED = 32

const bytesOf = (chunks: readonly Chunk[]): number => chunks.reduce((sum, { bytes }) => sum + bytes, 0)

const byTime = (a: Chunk, b: Chunk): number => a.from - b.from || (a.path < b.path ? -1 : 1)

/** The earliest, up to some bytes; at least one. */
const upTo = (chunks: readonly Chunk[], bytes: number): Chunk[] => {
  let sum = 0
  return chunks.toSorted(byTime).filter((chunk, i) => (sum += chunk.bytes) <= bytes || i === 0)
}

/** Compacted files that go with some bytes of others, small ones first, while they are not too large for what there is to merge. */
const chainFrom = (bytes: number, ascending: readonly Chunk[], { growth, most }: Limits): Chunk[] => {
  const chain: Chunk[] = []
  let sum = bytes
  for (const chunk of ascending) {
    if ((sum > 0 && chunk.bytes > growth * sum) || sum + chunk.bytes > most) break
    chain.push(chunk)
    sum += chunk.bytes
  }
  return chain
}

interface Limits {
  /** A file may have this many times the bytes of the files that it is merged with. */
  readonly growth: number
  /** Bytes. */
  readonly most: number
}

const chooseFiles = (raw: readonly Chunk[], compacted: readonly Chunk[], limits: Limits): Chunk[] => {
  const ascending = compacted.toSorted((a, b) => a.bytes - b.bytes)
  const first = upTo(raw, limits.most)
  if (first.length > 0) {
    const chain = first.length < raw.length ? [] : chainFrom(bytesOf(first), ascending, limits)
    return [...first, ...chain].toSorted(byTime)
  }
  for (let i = 0; i < ascending.length - 1; i++) {
    const chain = chainFrom(0, ascending.slice(i), limits)
    if (chain.length > 1) return chain.toSorted(byTime)
  }
  return []
}

const planCell = (
  chunks: readonly Chunk[],
  { windowMs, nowMs, isClosed, rules }: { windowMs: number; nowMs: number; isClosed: boolean; rules: CompactionRules },
): Pick<Rewrite, 'take' | 'keep'> | undefined => {
  const { targetBytes, quietMs, rewriteBytes } = rules
  const isFilled = ({ to }: Chunk): boolean => windowStart(to, windowMs) + windowMs + quietMs <= nowMs
  const compacted = chunks.filter(({ path }) => isCompacted(path))
  const raw = chunks.filter((chunk) => !isCompacted(chunk.path) && isFilled(chunk))
  if (!isClosed && raw.length < FAN_IN) return undefined
  const small = compacted.filter(({ bytes }) => bytes < targetBytes / 2)
  const growth = isClosed ? GROWTH_CLOSED : GROWTH_OPEN
  const take = chooseFiles(raw, small, { growth, most: rewriteBytes })
  if (take.length === 0) return undefined
  const taken = new Set(take)
  const [from, to] = [Math.min(...take.map((chunk) => chunk.from)), Math.max(...take.map((chunk) => chunk.to)) + 1]
  const keep = compacted.filter(
    (chunk) => !taken.has(chunk) && overlaps({ from: chunk.from, to: chunk.to + 1 }, { from, to }),
  )
  return { take, keep: keep.toSorted(byTime) }
}

/** How many files fewer there will be, per byte that is rewritten. */
const gainOf = ({ take }: Rewrite, { targetBytes }: CompactionRules): number => {
  const bytes = bytesOf(take)
  return (take.length - Math.ceil(bytes / targetBytes)) / Math.max(1, bytes)
}

/** The date has ended, and has had its quiet time. */
export const isDateClosed = (date: string, quietMs: number, nowMs: number): boolean =>
  periodOfDate(date).to + quietMs <= nowMs

/**
 * What is to be compacted now, the most gain first. Invariant: each file that no compaction wrote is taken some time, alone if need be, since it may
 * hold duplicates; what is large and compacted is never rewritten; windows that may still fill are not touched.
 * @param isPassedOver dates to leave alone: they are not looked into
 */
export const planCompaction = (
  snapshot: Snapshot,
  rules: CompactionRules,
  { nowMs, isPassedOver = () => false }: { nowMs: number; isPassedOver?: (files: DateFiles) => boolean },
): Rewrite[] => {
  const { windowMs } = snapshot.settings
  const rewrites: Rewrite[] = []
  for (const files of snapshot.dates.values()) {
    if (isPassedOver(files)) continue
    const { date, cells } = files
    const isClosed = isDateClosed(date, rules.quietMs, nowMs)
    for (const [cell, chunks] of cells) {
      const plan = planCell(chunks, { windowMs, nowMs, isClosed, rules })
      if (plan !== undefined) rewrites.push({ date, cell, ...plan })
    }
  }
  const gains = new Map(rewrites.map((rewrite) => [rewrite, gainOf(rewrite, rules)]))
  return rewrites.toSorted(
    (a, b) => gains.get(b)! - gains.get(a)! || a.date.localeCompare(b.date) || a.cell.localeCompare(b.cell),
  )
}
