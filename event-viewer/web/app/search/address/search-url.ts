import { duration } from '@fleetlake/contracts'
import { areaOf, roundDegrees } from '@fleetlake/core'
import { humanCount } from '@fleetlake/viewer-core'
import { reasonOf } from '@fleetlake/core'
import { MAX_LIMIT } from '../../hub/search/search-answer.ts'
import type { ViewBounds } from '../../shell/view-bounds.ts'
import {
  DEFAULT_LIMIT,
  DEFAULT_TIMEOUT_MS,
  MAX_FILTER_LENGTH,
  MAX_IDS,
  MAX_NAMED_AREAS,
  MAX_SELECTED,
  MAX_TEXT_LENGTH,
  MAX_TIMEOUT_MS,
  MAX_TYPES,
  type SearchRequest,
  type When,
  type Where,
} from '../request/search-request.ts'
import { durationText, formatWhen, parseWhen } from './period-code.ts'
import { decodeShapes, encodeShapes } from './ring-code.ts'

/** The query of an address, as vue-router gives and takes it. */
export type UrlQuery = Readonly<Record<string, string | null | readonly (string | null)[] | undefined>>

/** A search that an address holds, and what of it was not understood; for that `request` has what it would have without. */
export interface UrlSearch {
  readonly request: SearchRequest
  readonly problems: readonly string[]
}

const KEYS = ['area', 'in', 'view', 'everywhere', 'when', 'type', 'id', 'select', 'filter', 'limit', 'timeout'] as const

/** Invariant: `parseSearch(formatSearch(request))` is the request, without problems. */
export const formatSearch = (request: SearchRequest): Record<string, string | string[] | null> => {
  const { where, when, types, ids, select, filter, limit, timeoutMs } = request
  return {
    ...formatWhere(where),
    when: formatWhen(when),
    ...(types.length === 0 ? {} : { type: [...types] }),
    ...(ids.length === 0 ? {} : { id: [...ids] }),
    ...(select.length === 0 ? {} : { select: [...select] }),
    ...(filter === '' ? {} : { filter }),
    ...(limit === DEFAULT_LIMIT ? {} : { limit: String(limit) }),
    ...(timeoutMs === DEFAULT_TIMEOUT_MS ? {} : { timeout: durationText(timeoutMs) }),
  }
}

/** Addresses beyond are refused by servers on the way, and by the page's own after 16 KiB. */
export const MAX_ADDRESS_LENGTH = 8000

/** The query of an address of this page; undefined when it would be too long to be asked for again. */
export const addressOf = (request: SearchRequest): Record<string, string | string[] | null> | undefined => {
  const query = formatSearch(request)
  const length = Object.entries(query).reduce((sum, [key, value]) => {
    const texts = Array.isArray(value) ? value : [value ?? '']
    return sum + texts.reduce((all, text) => all + key.length + 2 + encodeURIComponent(text).length, 0)
  }, 0)
  return length > MAX_ADDRESS_LENGTH ? undefined : query
}

const formatWhere = (where: Where): Record<string, string | string[] | null> => {
  if (where.kind === 'everywhere') return { everywhere: null }
  if (where.kind === 'view') return { view: where.bounds.map(roundDegrees).join(',') }
  if (where.kind === 'areas') return { in: [...where.areas] }
  return { area: encodeShapes(where.shapes) }
}

/** @returns undefined when the address holds no search at all */
export const parseSearch = (query: UrlQuery): UrlSearch | undefined => {
  if (KEYS.every((key) => query[key] === undefined)) return undefined
  const problems: string[] = []
  const request: SearchRequest = {
    where: parseWhere(query, problems),
    when: parsePeriod(textsOf(query['when']), problems),
    types: parseTexts(textsOf(query['type']), { name: 'type', max: MAX_TYPES, problems }),
    ids: parseTexts(textsOf(query['id']), { name: 'id', max: MAX_IDS, problems }),
    select: parseTexts(textsOf(query['select']), { name: 'measure', max: MAX_SELECTED, problems }),
    filter: parseFilter(textsOf(query['filter']), problems),
    limit: parseLimit(textsOf(query['limit']), problems),
    timeoutMs: parseTimeout(textsOf(query['timeout']), problems),
  }
  return { request, problems }
}

const textsOf = (value: UrlQuery[string]): string[] =>
  (Array.isArray(value) ? (value as readonly (string | null)[]) : [value as string | null | undefined]).flatMap(
    (each) => (each === undefined ? [] : [each ?? '']),
  )

const NOWHERE: Where = { kind: 'shapes', shapes: [] }

const parseWhere = (query: UrlQuery, problems: string[]): Where => {
  const [areas, views] = [textsOf(query['area']), textsOf(query['view'])]
  const named = textsOf(query['in'])
  const isEverywhere = query['everywhere'] !== undefined
  if (areas.length + views.length + Number(isEverywhere) + Number(named.length > 0) !== 1) {
    problems.push(
      'The link must say where to search, once: area=…, in=<area>, view=west,south,east,north, or everywhere.',
    )
    return NOWHERE
  }
  if (isEverywhere) return { kind: 'everywhere' }
  if (named.length > 0)
    return {
      kind: 'areas',
      areas: parseTexts(named, {
        name: 'name of an area',
        names: 'names of areas',
        max: MAX_NAMED_AREAS,
        problems,
      }),
    }
  if (views.length === 1) {
    const bounds = parseBounds(views[0])
    if (bounds !== undefined) return { kind: 'view', bounds }
    problems.push(`The link’s view “${shortened(views[0])}” is not west,south,east,north in degrees.`)
    return NOWHERE
  }
  try {
    const shapes = decodeShapes(areas[0])
    areaOf({ type: 'MultiPolygon', coordinates: shapes })
    return { kind: 'shapes', shapes }
  } catch (error) {
    problems.push(`The link’s area can’t be searched: ${reasonOf(error)}.`)
    return NOWHERE
  }
}

const parseBounds = (text: string): ViewBounds | undefined => {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : roundDegrees(Number(part))))
  const [west, south, east, north] = numbers
  const isBox = numbers.length === 4 && west < east && south < north && south >= -90 && north <= 90
  return isBox && numbers.every(Number.isFinite) ? [west, south, east, north] : undefined
}

const parsePeriod = (texts: readonly string[], problems: string[]): When => {
  const when = texts.length === 1 ? parseWhen(texts[0]) : undefined
  if (when !== undefined) return when
  problems.push(
    texts.length === 1
      ? `The link’s period “${shortened(texts[0])}” is not a period such as -1h..now, -1h..newest, today, yesterday, all, or 2026-01-05T08:00:00Z..2026-01-05T09:00:00Z.`
      : 'The link must say when, once: when=-1h..now, for example.',
  )
  return { kind: 'last', ms: 3_600_000, until: 'newest' }
}

interface TextList {
  readonly name: string
  /** Of several; the name and an s when missing. */
  readonly names?: string
  readonly max: number
  readonly problems: string[]
}

const parseTexts = (texts: readonly string[], { name, names = `${name}s`, max, problems }: TextList): string[] => {
  const good = [...new Set(texts.filter((text) => text.length > 0 && text.length <= MAX_TEXT_LENGTH))]
  if (texts.some((text) => text.length === 0 || text.length > MAX_TEXT_LENGTH)) {
    problems.push(
      `The link has ${name === 'id' ? 'an' : 'a'} ${name} that is empty or longer than ${MAX_TEXT_LENGTH} characters.`,
    )
  }
  if (good.length > max) problems.push(`The link has ${good.length} ${names}; a search takes ${max} at most.`)
  return good.slice(0, max)
}

const parseFilter = (texts: readonly string[], problems: string[]): string => {
  if (texts.length === 0) return ''
  if (texts.length === 1 && texts[0].length <= MAX_FILTER_LENGTH) return texts[0].trim()
  problems.push(`The link has more than one filter, or one of more than ${MAX_FILTER_LENGTH} characters.`)
  return ''
}

const parseLimit = (texts: readonly string[], problems: string[]): number => {
  if (texts.length === 0) return DEFAULT_LIMIT
  const limit = texts.length === 1 && /^\d+$/.test(texts[0]) ? Number(texts[0]) : NaN
  if (limit >= 1 && limit <= MAX_LIMIT) return limit
  problems.push(
    `The link’s limit “${shortened(texts.join(', '))}” is not a whole number from 1 to ${humanCount(MAX_LIMIT)}.`,
  )
  return DEFAULT_LIMIT
}

const parseTimeout = (texts: readonly string[], problems: string[]): number => {
  if (texts.length === 0) return DEFAULT_TIMEOUT_MS
  const timeoutMs = texts.length === 1 ? duration.safeParse(texts[0]).data : undefined
  if (timeoutMs !== undefined && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs
  problems.push(`The link’s timeout “${shortened(texts.join(', '))}” is not a duration up to 1h, such as 60s.`)
  return DEFAULT_TIMEOUT_MS
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)
