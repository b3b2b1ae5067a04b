import type { Message, UsedArea } from '@fleetlake/contracts'
import { areaSteps, FleetError, type MicroBounds, type Steps } from '@fleetlake/core'
import { type AreaEntry, joinAreas } from '@fleetlake/registry'
import type { FindAreas } from './find-areas.ts'

type Query = Message<'vehicleQuery'>

/** The areas that a query names, as they are used for it. */
export interface NamedAreas {
  readonly entries: readonly AreaEntry[]
  /** Whether more is searched than they are: what the query says beside their names. */
  readonly isAround: boolean
}

export const NO_AREAS: NamedAreas = { entries: [], isAround: false }

const GEOMETRIES: ReadonlySet<unknown> = new Set(['Polygon', 'MultiPolygon'])

/**
 * A query with the area that it is about, and what it has named.
 * @throws FleetError `area.invalid`, `query.invalid`
 */
export const nameAreas = async (
  query: Query,
  find: FindAreas,
): Promise<{ readonly query: Query; readonly named: NamedAreas }> => {
  if (query.areas === undefined) return { query, named: NO_AREAS }
  const entries = await find(query.areas)
  if (query.area === undefined)
    return { query: { ...query, area: joinAreas(entries) }, named: { entries, isAround: false } }
  // The record has it as it is.
  if (!GEOMETRIES.has((query.area as { type?: unknown } | null)?.type))
    throw new FleetError(
      'query.invalid',
      'an area that is given beside names of areas must be a Polygon or a MultiPolygon',
    )
  return { query, named: { entries, isAround: true } }
}

/** That what is searched around areas holds them: else the record of the search would name what it was not about. @throws FleetError `query.invalid` */
export function* checkAround({ entries, isAround }: NamedAreas, searched: MicroBounds): Steps<void> {
  if (!isAround) return
  const { bounds } = yield* areaSteps(joinAreas(entries))
  const isWithin =
    searched.west <= bounds.west &&
    searched.east >= bounds.east &&
    searched.south <= bounds.south &&
    searched.north >= bounds.north
  if (!isWithin)
    throw new FleetError(
      'query.invalid',
      `the area that is searched does not hold ${namesText(entries)}: leave it out, or leave out the names`,
    )
}

const namesText = (entries: readonly AreaEntry[]): string => entries.map(({ value }) => value.name).join(', ')

export const usedAreas = ({ entries }: NamedAreas): UsedArea[] =>
  entries.map(({ id, version, value: { name } }) => ({ id, name, version }))

/** Of areas whose polygon holds from a time on that the period begins before: the same polygon was searched. */
export const validFromNotes = ({ entries }: NamedAreas, from: string): string[] =>
  entries.flatMap(({ value: { name, validFrom } }) =>
    validFrom === undefined || Date.parse(validFrom) <= Date.parse(from)
      ? []
      : [`the polygon of ${name} holds from ${validFrom} on, and was searched for the time before, too`],
  )
