import type { TimesIn, TracedCommit } from '@fleetlake/archive'
import type { ColumnsBeside } from '@fleetlake/columnar'
import type { Message, Sight } from '@fleetlake/contracts'
import { checkAround, type NamedAreas, nameAreas, NO_AREAS, usedAreas, validFromNotes } from '../areas/name-areas.ts'
import type { FindAreas } from '../areas/find-areas.ts'
import { narrowToSight, type VehicleSelection } from '../core/narrow-to-sight.ts'
import type { TaskSize } from '../core/plan-tasks.ts'
import type { PinnedFigures, QueryPlan, QueryStats } from '../core/query-course.ts'
import { searchSteps, type VehicleSearch } from '../core/search.ts'
import { checkWhere, measuresOfQuery, type TaskMeasures, taskMeasuresOf } from '../core/search-measures.ts'
import { type LossVerdict, NO_LOSSES } from '../losses/judge-losses.ts'
import { hideOthersInLosses } from '../people/hide-others.ts'
import type { Permit } from '../people/open-people.ts'
import type { PresenceSeen, PresenceWatch } from '../presence/presence-watch.ts'
import type { HeldTail, Missing } from '../tail/held-tail.ts'
import { comesNear } from '../tail/scan-tail.ts'
import { type Owner, takeTurns, type Turns } from '../waiting/turns.ts'
import { checkLimits, type PersonLimits } from './check-limits.ts'
import { checkSize } from './check-size.ts'
import { goneDatesNote, unknownBefore } from './gone-dates.ts'
import { hintSwapped } from './hint-swapped.ts'
import type { PinnedVersion } from './pin-version.ts'
import { planSearch } from './plan-search.ts'
import type { SearchRecords } from './record-searches.ts'
import { askedRecord } from './search-record.ts'

/**
 * What is to be done for a query beside its tasks, in this order; each may throw.
 * @throws FleetError `area.invalid`, `query.invalid`, `query.denied`, `query.unrecorded`: the client is refused
 */
export interface QueryJobs {
  /** What the person may, then whether the request is sound: before anything is read. */
  check(): Promise<void>
  /** @param signal aborted when there is no more time for it, or the client wants no more */
  pin(signal: AbortSignal): Promise<PinnedFigures>
  /** The same each time. */
  plan(): Promise<QueryPlan>
  /** What the client may have got wrong, when nothing was found. */
  hint(): Promise<string | undefined>
  /** What is searched, when it is checked: the query's own, or that of the areas that it names. */
  area(): unknown
  /** What its tasks are told of measures, when it is planned. */
  measures(): TaskMeasures
  /** Which vehicles its tasks are about, when it is checked. */
  vehicles(): VehicleSelection
  /** What the person sees, when it is checked. */
  sight(): Sight
  /** What is not archived yet, when it is planned. */
  tail(): HeldTail
  /** The newest commit that is traced of the version, when it is pinned. */
  traced(): TracedCommit | undefined
  /** Gives the tail back, when it is pinned. */
  release(): void
  /** It was answered: of one that was recorded its end is recorded, too. */
  end(stats: QueryStats): void
}

export interface QueryJobsOptions {
  readonly taskSize: TaskSize
  /** Of an area. */
  readonly maxVertices: number
  /** Of one person. */
  readonly limits: PersonLimits
}

export interface QueryJobsDeps {
  readonly permit: Permit
  readonly findAreas: FindAreas
  /** What a query is answered from. @param signal aborted when there is no more time for it, or the client wants no more */
  pin(signal: AbortSignal): Promise<PinnedVersion>
  /** What known losses mean to a search; without it none are looked for. */
  losses?(version: PinnedVersion, search: VehicleSearch): Promise<LossVerdict>
  /** Where vehicles were, for searches that name some; without it no file is passed over for that. */
  readonly presence?: PresenceWatch | undefined
  readonly records: Pick<SearchRecords, 'begin' | 'end' | 'export'>
  /** For checking areas and planning. Invariant: all that works without waiting shares one, so that heartbeats are never late. */
  readonly processor: Turns
}

/** A search, and the version that it is answered from. */
interface Prepared {
  readonly search: VehicleSearch
  readonly measures: TaskMeasures
  readonly pinned: PinnedVersion
  readonly timesIn: TimesIn | undefined
  readonly remarks: NonNullable<QueryPlan['remarks']>
}

/** Of a table that is not there yet. */
const NO_COLUMNS: ColumnsBeside = { measures: [] }

const missesMore = ({ snapshot, tail }: PinnedVersion, missing: readonly Missing[]): PinnedVersion =>
  missing.length === 0 ? { snapshot, tail } : { snapshot, tail: { ...tail, missing: [...tail.missing, ...missing] } }

export const createQueryJobs = (
  { query: given, person }: { readonly query: Message<'vehicleQuery'>; readonly person: string },
  owner: Owner,
  { taskSize, maxVertices, limits }: QueryJobsOptions,
  deps: QueryJobsDeps,
): QueryJobs => {
  const { processor, records } = deps
  /** Of that it is asked. Invariant: no task is given out, and no row leaves, before it is stored. */
  let recorded: Promise<void> | undefined
  let sight: Sight = 'all'
  /** With the area that it is about, once it is checked. */
  let query = given
  let named: NamedAreas = NO_AREAS
  let checked: VehicleSearch | undefined
  let pinned: PinnedVersion | undefined
  /** Of before the version was pinned, so that it is of no later one. */
  let seen: PresenceSeen | undefined
  let prepared: Prepared | undefined

  const prepare = async (found: VehicleSearch, version: PinnedVersion): Promise<Prepared> => {
    const { snapshot } = version
    const verdict = (await deps.losses?.(version, found)) ?? NO_LOSSES
    const { missing, notes } = sight === 'all' ? verdict : hideOthersInLosses(verdict)
    const measures = measuresOfQuery(query, snapshot ?? NO_COLUMNS)
    const before = snapshot === undefined ? undefined : unknownBefore(snapshot, query.from)
    const gone = snapshot === undefined ? undefined : goneDatesNote(snapshot, found.period)
    const told = [...notes, ...(gone === undefined ? [] : [gone]), ...validFromNotes(named, query.from)]
    const areas = usedAreas(named)
    const timesIn = snapshot && seen && (await deps.presence?.timesIn(seen, snapshot, found))
    return {
      timesIn,
      search: measures === undefined ? found : { ...found, measures },
      measures: taskMeasuresOf(measures),
      pinned: missesMore(version, missing),
      remarks: {
        ...(told.length === 0 ? {} : { notes: told }),
        ...(areas.length === 0 ? {} : { areas }),
        ...(before === undefined ? {} : { unknownBefore: before }),
      },
    }
  }
  return {
    check: async () => {
      sight = await deps.permit({ person, from: query.from })
      checkWhere(query)
      ;({ query, named } = await nameAreas(given, deps.findAreas))
      checkSize(query.area, maxVertices)
      const request = { ...query, ...narrowToSight(query.vehicleIds, sight) }
      const search = await takeTurns(processor, owner, searchSteps(request))
      await takeTurns(processor, owner, checkAround(named, search.area.bounds))
      checkLimits(query, limits)
      checked = search
      // It is stored while the version is pinned.
      recorded = records.begin(askedRecord(query, { person, named, bounds: search.area.bounds }))
      recorded.catch(() => undefined)
    },
    pin: async (signal) => {
      seen = checked?.vehicleIds === undefined ? undefined : await deps.presence?.look()
      pinned = await deps.pin(signal)
      const { snapshot, tail } = pinned
      const { messages, rows, bytes } = tail
      return { version: snapshot?.version, messages, rows, bytes }
    },
    plan: async () => {
      prepared ??= await prepare(checked!, pinned!)
      const { search, remarks, timesIn, pinned: version } = prepared
      const steps = planSearch(search, { ...version, timesIn }, { mode: query.mode, taskSize })
      const plan = await takeTurns(processor, owner, steps)
      await recorded
      return { ...plan, remarks }
    },
    hint: async () => {
      const { search, pinned: version } = prepared!
      const { snapshot, tail } = version
      if (snapshot === undefined || sight !== 'all' || comesNear(tail, search)) return undefined
      return takeTurns(processor, owner, hintSwapped(snapshot, search, query.area))
    },
    area: () => query.area,
    measures: () => prepared!.measures,
    vehicles: () => ({ vehicleIds: checked!.vehicleIds, visible: checked!.visible }),
    sight: () => sight,
    tail: () => prepared!.pinned.tail,
    traced: () => pinned?.snapshot?.traced,
    release: () => pinned?.tail.release(),
    end: ({ status, rows, elapsedMs }) => {
      if (recorded !== undefined) records.end({ query: query.query, person, status, rows: rows.selected, elapsedMs })
    },
  }
}
