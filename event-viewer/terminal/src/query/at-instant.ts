import type { UsedArea } from '@fleetlake/contracts'
import { type Area, areaOf } from '@fleetlake/core'
import type { VehicleQueryInput } from '@fleetlake/hub'
import { describeAnswer, type Gap, gapsFacts, gapsText, humanTime, plainDuration, plural } from '@fleetlake/viewer-core'
import { areaAround, createPositionsAt, type InstantAnswer } from '@fleetlake/viewer-core/at'
import type { AnswerPlan } from './run-query.ts'

export interface AtInstant {
  /** ms since the epoch */
  readonly atMs: number
  /** Between two reports with a gap between them no position is interpolated. */
  readonly gap: Gap
  /** How far before and after reports are looked for. */
  readonly withinMs: number
  readonly maxSpeedMps: number
}

/** Where vehicles are looked for. */
export interface AreaAtInstant {
  /** GeoJSON */
  readonly area: unknown
  /** The areas of the registry that it is made of. */
  readonly named: readonly UsedArea[]
}

/** Far enough for two reports of a vehicle that reports each quarter of an hour, and not so far that all that a fleet said in hours is read. */
const AUTOMATIC_REACH_MS = 15 * 60_000

/** How far reports are looked for by default: two reports without a gap between them are no further from an instant between them. */
export const reachOf = (gap: Gap): number => (gap === 'automatic' ? AUTOMATIC_REACH_MS : gap)

/**
 * Where vehicles were at an instant, of those inside the area. A vehicle that is inside may have reported outside before and after: so the search
 * is as much wider as a vehicle may drive between two reports, and what is inside is decided afterwards.
 */
export const planAtInstant = (
  query: Omit<VehicleQueryInput, 'from' | 'to'>,
  { area: given, named }: AreaAtInstant,
  { atMs, gap, withinMs, maxSpeedMps }: AtInstant,
): AnswerPlan => {
  const area = areaOf(given)
  let made: InstantAnswer | undefined
  return {
    query: {
      ...query,
      area: areaAround(given, (maxSpeedMps * withinMs) / 1000),
      from: new Date(Math.max(0, atMs - withinMs)).toISOString(),
      to: new Date(atMs + withinMs + 1).toISOString(),
    },
    through: async function* (rows, cadences) {
      made = await positionsIn(area, rows, { atMs, gap, cadences, maxSpeedMps })
      if (made.rows.length > 0) yield made.rows
    },
    describe: (outcome) => {
      const [count, unknown] = [made?.rows.length ?? 0, made?.unknown ?? 0]
      const stats = outcome.stats && { ...outcome.stats, ...(named.length === 0 ? {} : { areas: [...named] }) }
      const answer = describeAnswer({ ...outcome, stats, rows: count, vehicles: count })
      const left =
        unknown === 0
          ? ''
          : `; left out: ${plural(unknown, 'more vehicle')} that reported inside, whose position at ${humanTime(atMs)} is not known: no report on both sides within ${plainDuration(withinMs)}, a gap between the reports, or a higher speed than --max-speed`
      return {
        sentence: `${answer}${left}${made?.used === undefined ? '' : `; ${gapsText(made.used)}`}`,
        facts: {
          ...outcome,
          rows: count,
          vehicles: count,
          exact: made?.exact ?? 0,
          unknown,
          ...(made?.used === undefined ? {} : { gaps: gapsFacts(made.used) }),
          stats: stats ?? null,
        },
      }
    },
  }
}

const positionsIn = async (
  area: Area,
  rows: AsyncIterable<Parameters<ReturnType<typeof createPositionsAt>['add']>[0]>,
  options: Parameters<typeof createPositionsAt>[0],
): Promise<InstantAnswer> => {
  const positions = createPositionsAt(options)
  for await (const batch of rows) positions.add(batch)
  return positions.finish(area)
}
