import { areaOf } from '@fleetlake/core'
import { boxArea } from '@fleetlake/viewer-core'
import { reasonOf } from '@fleetlake/core'
import type { SearchInput } from '../hub/search/search-answer.ts'
import { geometryOfShapes } from './named/geometry-of-shapes.ts'
import { faultOfMeasures } from './request/read-measures.ts'
import { resolvePeriod, type PeriodContext } from './request/resolve-period.ts'
import { MAX_NAMED_AREAS, type SearchRequest, type Where } from './request/search-request.ts'

const LAST_DAY_ONLY = 'Your role may search the last 24 hours only: choose a period that reaches into them.'

/** Why a search can't be made in areas of the registry, and what to do; undefined when it can. */
export const faultOfAreas = (areas: readonly string[]): string | undefined => {
  if (areas.length === 0) return 'There is no area: choose one of the list, or search in view or everywhere.'
  if (areas.length <= MAX_NAMED_AREAS) return undefined
  return `${areas.length} areas are chosen, and a search takes ${MAX_NAMED_AREAS} at most: choose fewer, or search in view or everywhere.`
}

export type ResolvedSearch =
  | { readonly ok: true; readonly input: SearchInput }
  /** What is missing, and what to do, for people. */
  | { readonly ok: false; readonly problem: string }

/** The search as the finders are asked, at an instant. */
export const resolveSearch = (request: SearchRequest, context: PeriodContext): ResolvedSearch => {
  const { where, when, types, ids, select, filter, limit, timeoutMs } = request
  const problem = (text: string): ResolvedSearch => ({ ok: false, problem: text })
  const period = resolvePeriod(when, context)
  if (period === undefined) {
    return problem(
      context.archive === undefined
        ? 'The newest event is not known, because the archive can’t be read: choose a period by date and time.'
        : 'The archive has no events yet: generate some on the Live page, or choose a period by date and time.',
    )
  }
  if (period.to <= (context.earliest ?? -Infinity)) return problem(LAST_DAY_ONLY)
  if (where.kind === 'shapes' && where.shapes.length === 0) {
    return problem('There is no area: draw one on the map, or search in view or everywhere.')
  }
  const fault = (where.kind === 'areas' ? faultOfAreas(where.areas) : undefined) ?? faultOfMeasures(select)
  if (fault !== undefined) return problem(fault)
  let area: unknown
  try {
    area = areaOfWhere(where)
    if (area !== undefined) areaOf(area)
  } catch (error) {
    return problem(`This area can’t be searched: ${reasonOf(error)}.`)
  }
  return {
    ok: true,
    input: {
      ...(area === undefined ? {} : { area }),
      ...(where.kind === 'areas' ? { areas: [...where.areas] } : {}),
      from: new Date(period.from).toISOString(),
      to: new Date(period.to).toISOString(),
      ...(types.length === 0 ? {} : { vehicleTypes: [...types] }),
      ...(ids.length === 0 ? {} : { vehicleIds: [...ids] }),
      ...(select.length === 0 ? {} : { select: [...select] }),
      ...(filter.trim() === '' ? {} : { where: filter.trim() }),
      limit,
      timeoutMs,
    },
  }
}

/** GeoJSON; undefined for everywhere, and for areas that are named. */
const areaOfWhere = (where: Where): unknown => {
  if (where.kind === 'everywhere' || where.kind === 'areas') return undefined
  if (where.kind === 'view') return boxArea(...where.bounds)
  return geometryOfShapes(where.shapes)
}
