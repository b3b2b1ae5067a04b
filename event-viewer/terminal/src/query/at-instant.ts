import { type Area, areaOf } from '@fleetlake/core'
import type { VehicleQueryInput } from '@fleetlake/hub'
import { describeAnswer, humanDuration, humanTime, plural } from '@fleetlake/viewer-core'
import { areaAround, createPositionsAt, type InstantAnswer } from '@fleetlake/viewer-core/at'
import type { AnswerPlan } from './run-query.ts'

export interface AtInstant {
  /** ms since the epoch */
  readonly atMs: number
  /** How far apart the two reports may be that a position is interpolated between. */
  readonly withinMs: number
  readonly maxSpeedMps: number
}

/**
 * Where vehicles were at an instant, of those inside the area. A vehicle that is inside may have reported outside before and after: so the search
 * is as much wider as a vehicle may drive between two reports, and what is inside is decided afterwards.
 */
export const planAtInstant = (
  query: Omit<VehicleQueryInput, 'from' | 'to'>,
  { atMs, withinMs, maxSpeedMps }: AtInstant,
): AnswerPlan => {
  const area = areaOf(query.area)
  let made: InstantAnswer | undefined
  return {
    query: {
      ...query,
      area: areaAround(query.area, (maxSpeedMps * withinMs) / 1000),
      from: new Date(Math.max(0, atMs - withinMs)).toISOString(),
      to: new Date(atMs + withinMs + 1).toISOString(),
    },
    through: async function* (rows) {
      made = await positionsIn(area, rows, { atMs, gapMs: withinMs, maxSpeedMps })
      if (made.rows.length > 0) yield made.rows
    },
    describe: (outcome) => {
      const [count, unknown] = [made?.rows.length ?? 0, made?.unknown ?? 0]
      const answer = describeAnswer({ ...outcome, rows: count, vehicles: count })
      const left =
        unknown === 0
          ? ''
          : `; left out: ${plural(unknown, 'more vehicle')} that reported inside, but not on both sides of ${humanTime(atMs)} within ${humanDuration(withinMs)}, or too far apart to have been driven`
      return {
        sentence: answer + left,
        facts: {
          ...outcome,
          rows: count,
          vehicles: count,
          exact: made?.exact ?? 0,
          unknown,
          stats: outcome.stats ?? null,
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
