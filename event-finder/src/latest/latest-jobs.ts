import type { Rows } from '@fleetlake/columnar'
import type { Message, Sight } from '@fleetlake/contracts'
import { areaSteps, FleetError } from '@fleetlake/core'
import { type NamedAreas, nameAreas, NO_AREAS, usedAreas } from '../areas/name-areas.ts'
import { checkSize } from '../coordinator/check-size.ts'
import type { PinnedVersion } from '../coordinator/pin-version.ts'
import type { QueryJobs, QueryJobsDeps, QueryJobsOptions } from '../coordinator/query-jobs.ts'
import { askedRecord } from '../coordinator/search-record.ts'
import { narrowToSight } from '../core/narrow-to-sight.ts'
import { searchSteps, type VehicleSearch } from '../core/search.ts'
import { measuresOfQuery, type SearchMeasures, type TaskMeasures, taskMeasuresOf } from '../core/search-measures.ts'
import { type LossVerdict, NO_LOSSES } from '../losses/judge-losses.ts'
import { hideOthersInLosses } from '../people/hide-others.ts'
import type { HeldTail, Missing } from '../tail/held-tail.ts'
import { type Owner, takeTurns } from '../waiting/turns.ts'
import { GLOBE, recordedSearch, VEHICLE_KEY } from './latest-question.ts'
import { holdLatest } from './latest-rows.ts'

/** The last positions of all keys, or of some, of a version and its tail. */
export interface LatestFound {
  readonly rows: Rows
  /** What may be older than it is, or is not known at all. */
  readonly missing: readonly Missing[]
}

export interface LatestQuestion {
  /** The key column. */
  readonly by: string
  /** All when missing. */
  readonly keys: readonly string[] | undefined
}

export interface LatestJobsDeps extends Pick<
  QueryJobsDeps,
  'permit' | 'findAreas' | 'pin' | 'losses' | 'records' | 'processor'
> {
  /** By a column of texts, or the vehicle. */
  latest(version: PinnedVersion, question: LatestQuestion): Promise<LatestFound>
}

/** What a question is answered from. */
interface Prepared {
  readonly tail: HeldTail
  readonly measures: TaskMeasures
  readonly notes: readonly string[]
}

const ALL_IN_ONE = [{ task: 0, chunks: [], isHot: true }]
const NO_COLUMNS = { measures: [] }

/** @throws FleetError `query.invalid` for a column that is no key */
const checkKey = (by: string, measures: SearchMeasures | undefined): void => {
  if (by === VEHICLE_KEY || measures?.select.find(({ name }) => name === by)?.type === 'string') return
  throw new FleetError('query.invalid', `"${by}" is not a column of texts: last positions are kept by such alone`)
}

/**
 * What is to be done for a question for last positions: it is answered like a search, from last positions in place of files. Invariant: a question for some keys is a search of
 * these, and is stored before its first row leaves; one for all that there are now is not recorded.
 */
export const createLatestJobs = (
  {
    query: given,
    question,
    person,
  }: { readonly query: Message<'vehicleQuery'>; readonly question: LatestQuestion; readonly person: string },
  owner: Owner,
  { maxVertices }: Pick<QueryJobsOptions, 'maxVertices'>,
  { permit, findAreas, pin, losses, latest, records, processor }: LatestJobsDeps,
): QueryJobs => {
  const { by, keys } = question
  let recorded: Promise<void> | undefined
  /** With the area that it is about, once it is checked. */
  let query = given
  let named: NamedAreas = NO_AREAS
  let sight: Sight = 'all'
  let checked: VehicleSearch | undefined
  let pinned: PinnedVersion | undefined
  let prepared: Prepared | undefined

  /** Wherever a loss was, it may be the last that a vehicle said. */
  const lossesOf = async (version: PinnedVersion): Promise<LossVerdict> => {
    if (losses === undefined) return NO_LOSSES
    const everywhere = await takeTurns(processor, owner, areaSteps(GLOBE))
    const verdict = await losses(version, { ...checked!, area: everywhere })
    return sight === 'all' ? verdict : hideOthersInLosses(verdict)
  }
  const prepare = async (version: PinnedVersion): Promise<Prepared> => {
    const measures = measuresOfQuery(query, version.snapshot ?? NO_COLUMNS)
    checkKey(by, measures)
    const { rows, missing } = await latest(version, question)
    const lost = await lossesOf(version)
    return {
      tail: holdLatest(rows, version.tail, [...missing, ...lost.missing]),
      measures: taskMeasuresOf(measures),
      notes: lost.notes,
    }
  }
  return {
    check: async () => {
      sight = await permit({ person, from: undefined })
      ;({ query, named } = await nameAreas(given, findAreas))
      checkSize(query.area, maxVertices)
      checked = await takeTurns(processor, owner, searchSteps({ ...query, ...narrowToSight(query.vehicleIds, sight) }))
      if (keys === undefined) return
      const searched = recordedSearch(query, { by, keys }, Date.now())
      recorded = records.begin(askedRecord(searched, { person, named, bounds: checked.area.bounds }))
      recorded.catch(() => undefined)
    },
    pin: async (signal) => {
      pinned = await pin(signal)
      const { snapshot, tail } = pinned
      return { version: snapshot?.version, messages: tail.messages, rows: tail.rows, bytes: tail.bytes }
    },
    plan: async () => {
      prepared ??= await prepare(pinned!)
      await recorded
      const { notes } = prepared
      const none = { files: 0, bytes: 0, rows: 0 }
      const areas = usedAreas(named)
      return {
        table: { total: none, pruned: none },
        tasks: ALL_IN_ONE,
        remarks: { ...(notes.length === 0 ? {} : { notes: [...notes] }), ...(areas.length === 0 ? {} : { areas }) },
      }
    },
    hint: async () => undefined,
    area: () => query.area,
    measures: () => prepared!.measures,
    vehicles: () => ({ vehicleIds: checked!.vehicleIds, visible: checked!.visible }),
    sight: () => sight,
    tail: () => prepared!.tail,
    traced: () => pinned?.snapshot?.traced,
    release: () => pinned?.tail.release(),
    end: ({ status, rows, elapsedMs }) => {
      if (recorded !== undefined) records.end({ query: query.query, person, status, rows: rows.selected, elapsedMs })
    },
  }
}
