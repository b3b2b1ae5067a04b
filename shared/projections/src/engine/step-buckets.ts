import {
  type Chunk,
  commitNumber,
  fingerprintOf,
  type ObjectStore,
  readChanges,
  type Snapshot,
  type VersionChanges,
} from '@fleetlake/archive'
import type { HeldKeys } from '../fold/held-keys.ts'
import { type Batch, bytesOfBatch, joinBatches } from '../table/batch.ts'
import type { BucketOffset } from '../table/offsets.ts'
import type { ProjectionChange, ProjectionTable } from '../table/projection-table.ts'
import { type FoldDeps, type Folded, hasRoom, splitInHalves } from './fold-deps.ts'
import { ALL_DATES, dayOfDate, type Forgotten, nextDate, planStep, type Step } from './plan-step.ts'
import type { Projection } from './projection.ts'

/** What happened, for people. */
export type ProjectionEvent =
  | { readonly what: 'build'; readonly buckets: number; readonly why: string }
  | { readonly what: 'date'; readonly buckets: number; readonly date: string; readonly rows: number }
  | { readonly what: 'complete'; readonly buckets: number }
  | { readonly what: 'replace'; readonly buckets: number; readonly date: string }
  | { readonly what: 'stale'; readonly buckets: number }

export interface StepDeps {
  /** Rooted at the table of positions. */
  readonly moves: ObjectStore
  /** The version that is folded up to. */
  readonly snapshot: Snapshot
  readonly projection: Projection
  readonly table: ProjectionTable
  readonly held: HeldKeys
  /** Bytes that the keys may take. */
  readonly memory: number
  readonly maxLagMs: number
  readonly now: () => number
  readonly signal: AbortSignal
  readonly tell: (event: ProjectionEvent) => void
  readonly onRows: (rows: number) => void
}

/** Of one step. */
interface OneStepDeps extends StepDeps {
  readonly readSince: (version: number) => Promise<Since>
}

/** Buckets that are at the same place. */
interface Group {
  readonly buckets: readonly number[]
  readonly from: BucketOffset | undefined
}

const nameOf = (offset: BucketOffset | undefined): string =>
  offset === undefined ? '' : [offset.version, offset.commit, offset.frontier, ...(offset.by ?? [])].join(' ')

/** No more of them together than are known to fit. */
const groupsOf = ({ table: { state }, held }: StepDeps, buckets: readonly number[]): Group[] => {
  const most = held.groupSize.buckets
  return [...Map.groupBy(buckets, (bucket) => nameOf(state.offset(bucket))).values()].flatMap((some) =>
    Array.from({ length: Math.ceil(some.length / most) }, (_, i) => ({
      buckets: some.slice(i * most, (i + 1) * most),
      from: state.offset(some[0]),
    })),
  )
}

const dayGone = ({ newestDateGone }: Snapshot): number | undefined =>
  newestDateGone === undefined ? undefined : dayOfDate(newestDateGone)

/** Of rows without dates what retention leaves of a date that it has taken counts like any other. */
const nextDateOf = ({ snapshot, projection }: StepDeps, frontier: number): string | undefined =>
  nextDate(snapshot.dates.keys(), frontier, projection.kind.hasDates ? dayGone(snapshot) : undefined)

/** By cell, then time: rows of a vehicle come in order as a rule. */
const filesOfDate = ({ dates }: Snapshot, date: string): Chunk[] =>
  [...(dates.get(date)?.cells.values() ?? [])].flatMap((chunks) =>
    chunks.toSorted((a, b) => a.from - b.from || a.to - b.to),
  )

/** What became of the table of positions since a version. */
type Since = readonly [fingerprint: string | undefined, changes: readonly VersionChanges[] | undefined]

/** Reads the log from a version on, once for all buckets that are there: of a later version than the pinned one its commit alone. */
const createLogReader = ({ moves, snapshot }: StepDeps): ((version: number) => Promise<Since>) => {
  const { version: to, fingerprint } = snapshot
  const read = new Map<number, Promise<Since>>()
  return (version) => {
    const known =
      read.get(version) ??
      (version === to
        ? Promise.resolve<Since>([fingerprint, []])
        : Promise.all([fingerprintOf(moves, version), readChanges(moves, version, to)]))
    read.set(version, known)
    return known
  }
}

const planFor = async (
  { from }: Group,
  { snapshot, projection, maxLagMs, now, readSince }: OneStepDeps,
  lost: ReadonlySet<string>,
): Promise<Step> => {
  const { version: to } = snapshot
  const [fingerprint, changes] = from === undefined ? [] : await readSince(from.version)
  return planStep(
    {
      offset: from,
      by: projection.by,
      to,
      commitNow: fingerprint === undefined ? undefined : commitNumber(fingerprint),
      changes,
      newestDayGone: dayGone(snapshot),
      lost,
      nowMs: now(),
      maxLagMs,
    },
    projection.kind.hasDates,
  )
}

type Stepped = 'done' | 'stale' | { readonly split: readonly (readonly number[])[] } | { readonly lost: string }

const outcomeOf = (folded: Exclude<Folded, { readonly add: unknown }>): Stepped =>
  folded.status === 'split' ? { split: folded.into } : { lost: folded.path }

const commitChange = async (
  { buckets, from }: Group,
  change: Pick<ProjectionChange, 'to' | 'add' | 'replace'>,
  { table, held }: StepDeps,
): Promise<Stepped> => {
  const { status } = await table.commit({ buckets, from, operation: 'WRITE', ...change })
  if (status === 'stale') return 'stale'
  held.leave(buckets, nameOf(change.to))
  return 'done'
}

/** Rows of dates up to the newest that retention took, which only the projection may have: some may have come into such a date since, by an import. */
const goneRows = async (buckets: readonly number[], forget: Forgotten, deps: StepDeps): Promise<Folded> => {
  const { snapshot, table } = deps
  const { kind, goneRows: choose } = deps.projection
  const newest = dayGone(snapshot)
  const found: Batch[] = []
  if (newest !== undefined && choose !== undefined && forget !== 'all') {
    const isGone = (date: string): boolean => dayOfDate(date) <= newest && !forget.includes(date)
    let bytes = 0
    for await (const rows of table.read(table.state, { buckets })) {
      const gone = choose(rows, isGone)
      if (gone.length === 0) continue
      found.push(gone)
      bytes += bytesOfBatch(gone)
      if (!hasRoom(deps, { parts: [], buckets }, bytes)) return splitInHalves(deps, buckets)
    }
  }
  return { status: 'folded', add: joinBatches(kind, found) }
}

/**
 * Takes some buckets that are at the same place one step on. Invariant: rows and offsets are committed together, and only upon the offset that the step began at.
 */
const runStep = async (
  group: Group,
  step: Exclude<Step, { readonly do: 'rest' }>,
  deps: StepDeps,
): Promise<Stepped> => {
  const { snapshot, projection, table, held, tell } = deps
  const { buckets, from } = group
  const foldDeps: FoldDeps = { ...deps, state: table.state }
  const version = {
    version: snapshot.version,
    commit: snapshot.fingerprint === undefined ? 0 : commitNumber(snapshot.fingerprint),
    by: projection.by,
  }
  const commit = (change: Pick<ProjectionChange, 'add' | 'replace'>, frontier: number): Promise<Stepped> =>
    commitChange(group, { to: { ...version, frontier }, ...change }, deps)
  if (step.do === 'build') {
    const date = nextDateOf(deps, Infinity)
    held.drop(buckets)
    tell({ what: 'build', buckets: buckets.length, why: step.why })
    const replace = from === undefined ? {} : { replace: {} }
    const gone = await goneRows(buckets, step.forget, deps)
    if (!('add' in gone)) return outcomeOf(gone)
    if (date === undefined) return commit({ ...replace, add: gone.add }, ALL_DATES)
    // They are there before the newest date is read, so that its rows are weighed against them.
    if (gone.add.length > 0) return commit({ ...replace, add: gone.add }, dayOfDate(date) + 1)
    const folded = await projection.fold({ files: filesOfDate(snapshot, date), buckets, isAnew: true }, foldDeps)
    if (!('add' in folded)) return outcomeOf(folded)
    return commit({ ...replace, add: folded.add }, dayOfDate(date))
  }
  const { frontier } = from!
  const folded = await projection.fold({ files: step.files, buckets, isAnew: false }, foldDeps)
  if (!('add' in folded)) return outcomeOf(folded)
  if (folded.status === 'whole') return commit({ replace: {}, add: folded.add }, frontier)
  const [date] = step.replaced
  if (date === undefined) return commit({ add: folded.add }, frontier)
  tell({ what: 'replace', buckets: buckets.length, date })
  const anew = await projection.fold({ files: filesOfDate(snapshot, date), buckets, isAnew: true }, foldDeps)
  if (!('add' in anew)) return outcomeOf(anew)
  const day = dayOfDate(date)
  const replace = { dates: { from: day, to: day + 1 } }
  return commit({ replace, add: joinBatches(projection.kind, [folded.add, anew.add]) }, frontier)
}

/** Reads the next older date of buckets that are being built. Invariant: a date is whole, or before the frontier. */
const readNextDate = async (group: Group, deps: StepDeps): Promise<Stepped> => {
  const { buckets, from } = group
  const { snapshot, projection, table, tell } = deps
  const offset = from!
  const date = nextDateOf(deps, offset.frontier)
  const to = { ...offset, frontier: date === undefined ? ALL_DATES : dayOfDate(date) }
  if (date === undefined) {
    const committed = await commitChange(group, { to }, deps)
    if (committed === 'done') tell({ what: 'complete', buckets: buckets.length })
    return committed
  }
  const request = { files: filesOfDate(snapshot, date), buckets, isAnew: projection.kind.hasDates }
  const folded = await projection.fold(request, { ...deps, state: table.state })
  if (!('add' in folded)) return outcomeOf(folded)
  const whole = folded.status === 'whole' ? { replace: {} } : {}
  const committed = await commitChange(group, { to, add: folded.add, ...whole }, deps)
  if (committed === 'done') tell({ what: 'date', buckets: buckets.length, date, rows: folded.add.length })
  return committed
}

/** What is known of keys counts only if what they came to was committed. */
const forgetting = async (group: Group, { held, tell }: StepDeps, work: () => Promise<Stepped>): Promise<Stepped> => {
  try {
    const stepped = await work()
    if (stepped !== 'done') held.drop(group.buckets)
    if (stepped === 'stale') tell({ what: 'stale', buckets: group.buckets.length })
    return stepped
  } catch (error) {
    held.drop(group.buckets)
    throw error
  }
}

const stepGroup = async (group: Group, deps: OneStepDeps, lost: ReadonlySet<string> = new Set()): Promise<void> => {
  const step = await planFor(group, deps, lost)
  if (step.do === 'rest') return
  const stepped = await forgetting(group, deps, () => runStep(group, step, deps))
  if (typeof stepped === 'string') return
  if ('lost' in stepped) return stepGroup(group, deps, new Set([...lost, stepped.lost]))
  for (const buckets of stepped.split) await stepGroup({ ...group, buckets }, deps, lost)
}

const readGroup = async (group: Group, deps: StepDeps): Promise<void> => {
  const stepped = await forgetting(group, deps, () => readNextDate(group, deps))
  if (typeof stepped !== 'string' && 'split' in stepped) {
    for (const buckets of stepped.split) await readGroup({ ...group, buckets }, deps)
  }
}

export interface BucketsReport {
  /** The oldest frontier is that of all: dates from it on are folded, of those before nothing or a part is. */
  readonly isComplete: boolean
  /** The version that all of them have folded. */
  readonly version: number
}

/**
 * Takes buckets of a projection on to the pinned version, and those that are being built one date further back. A bucket that another projector has moved is left as it is.
 * @throws FleetError for a file that can't be read, `table.replaced`, `table.damaged`, `store.failed`: what was committed by then stays
 */
export const stepBuckets = async (buckets: readonly number[], deps: StepDeps): Promise<BucketsReport> => {
  const { table, snapshot, held, memory } = deps
  await table.refresh()
  held.keep(buckets)
  const stepDeps = { ...deps, readSince: createLogReader(deps) }
  for (const group of groupsOf(deps, buckets)) {
    held.meet(group.buckets, nameOf(group.from))
    await stepGroup(group, stepDeps)
  }
  for (const group of groupsOf(deps, buckets)) {
    const { from } = group
    // A commit above may have read that another has moved them.
    held.meet(group.buckets, nameOf(from))
    if (from !== undefined && from.version === snapshot.version && from.frontier > ALL_DATES)
      await readGroup(group, deps)
  }
  held.groupSize.endStep(memory)
  const offsets = buckets.map((bucket) => table.state.offset(bucket))
  return {
    isComplete: offsets.every((offset) => offset !== undefined && offset.frontier === ALL_DATES),
    version: Math.min(...offsets.map((offset) => offset?.version ?? -1)),
  }
}
