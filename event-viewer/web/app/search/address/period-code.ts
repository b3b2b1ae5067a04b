import { duration } from '@fleetlake/contracts'
import type { When } from '../request/search-request.ts'

/**
 * Periods as texts for an address: `2026-01-05T08:00:00Z..2026-01-05T09:00:00Z`, `-1h..now`, `-1h..newest`, `today`, `yesterday`, `all`.
 */
export const formatWhen = (when: When): string => {
  if (when.kind === 'exact') return `${instantText(when.from)}..${instantText(when.to)}`
  if (when.kind === 'last') return `-${durationText(when.ms)}..${when.until}`
  return when.kind
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/
const LAST = /^-(.+)\.\.(now|newest)$/

/** The inverse of `formatWhen`; undefined for a text that it did not write. */
export const parseWhen = (text: string): When | undefined => {
  if (text === 'today' || text === 'yesterday' || text === 'all') return { kind: text }
  const [, length, until] = LAST.exec(text) ?? []
  if (length !== undefined) {
    const ms = duration.safeParse(length)
    return ms.success ? { kind: 'last', ms: ms.data, until: until === 'now' ? 'now' : 'newest' } : undefined
  }
  const bounds = text.split('..')
  if (bounds.length !== 2 || !bounds.every((bound) => INSTANT.test(bound))) return undefined
  const [from, to] = bounds.map((bound) => Date.parse(bound))
  return from < to ? { kind: 'exact', from, to } : undefined
}

const instantText = (timeMs: number): string => new Date(timeMs).toISOString().replace('.000Z', 'Z')

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** `90min`, `1h`: the largest unit of which it is a whole number. */
export const durationText = (ms: number): string => {
  const [name, unit] = UNITS.find(([, size]) => ms % size === 0) ?? ['ms', 1]
  return `${ms / unit}${name}`
}
