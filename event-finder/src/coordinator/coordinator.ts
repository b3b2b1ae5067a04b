import { ANYONE, queueGroups, subjects, TOKEN } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import { type Hub, type Received, traceOf } from '@fleetlake/hub'
import { answerAreas } from '../areas/find-areas.ts'
import { emptyStats, type QueryStats } from '../core/query-course.ts'
import { searchOfLatest } from '../latest/latest-question.ts'
import { sendWhileOpen } from '../send-while-open.ts'
import { createAdmission } from '../waiting/admission.ts'
import { type Asked as Taken, createIntake, type IntakeLimits } from '../waiting/intake.ts'
import { createPersonLoad } from '../waiting/person-load.ts'
import { type AnswerDeps, type Asked, type Conduct, type ConductOptions, conductQuery } from './conduct-query.ts'
import { createSearchSpans } from './search-span.ts'

/**
 * Queries that one process leads at once; others wait, no longer than their `ttlMs`. What bounds them is the memory of their plans, up to
 * some 10 MB for one of 100,000 chunks. Those whose tasks all begin at once have places of their own: a small one never waits for large ones.
 */
const LARGE_AT_ONCE = 64
const SMALL_AT_ONCE = 256

export interface Coordinator {
  /** Queries that wait for others to end. */
  waiting(): number
  /** Takes no more queries; resolves when those under way have been answered. */
  stop(): Promise<void>
}

export interface CoordinatorOptions extends ConductOptions, IntakeLimits {
  /** Of the queries that have more tasks than run at once. */
  readonly largeAtOnce?: number | undefined
}

export type CoordinatorDeps = AnswerDeps

/** The query's name in a message that does not fit its schema, if it has one. */
const queryOfMalformed = (data: Uint8Array): string => {
  try {
    const { query } = JSON.parse(new TextDecoder().decode(data)) as { query?: unknown }
    if (typeof query === 'string' && TOKEN.test(query)) return query
  } catch {
    // Not even JSON.
  }
  return 'unknown'
}

/** A question as it came: a search, or as one. */
type Incoming = Omit<Received<'vehicleQuery'>, 'data'> & Pick<Asked, 'question' | 'query'>

/** A message that was not taken on. */
interface Untaken {
  readonly reply?: string
  readonly data: Uint8Array
}

/** Whose turns it takes, and whose bounds it keeps: the person, or where all are anyone the connection as it calls itself. */
const clientOf = ({ person, source }: Pick<Received<'vehicleQuery'>, 'person' | 'source'>): string =>
  person === ANYONE ? source : person

/** Answers queries: takes them on as long as there is room, and brings what is said of each to where it is led (`conductQuery`). */
export const startCoordinator = (hub: Hub, options: CoordinatorOptions, deps: CoordinatorDeps): Coordinator => {
  const underWay = new Map<string, { readonly person: string; readonly conduct: Conduct }>()
  const intake = createIntake(options)
  const { searchesAtOnce } = options.limits
  const load = searchesAtOnce === undefined ? undefined : createPersonLoad(searchesAtOnce)
  const take = (search: Taken & { readonly person: string }): string | undefined => {
    const refusal = intake.take(search)
    if (refusal !== undefined) return refusal
    const tooMany = load?.take(search)
    if (tooMany !== undefined) intake.leave(search)
    return tooMany
  }
  const places = { small: createAdmission(SMALL_AT_ONCE), large: createAdmission(options.largeAtOnce ?? LARGE_AT_ONCE) }
  const spans = hub.tracer && createSearchSpans(hub.tracer)
  const inbox = subjects.vehicleQueryPartitionResultStats(hub.uid)

  const taskStats = hub.listen('vehicleQueryPartitionResultStats', inbox, ({ data }) =>
    underWay.get(data.query)?.conduct.hear(data),
  )
  // One listener for all queries: of a client's messages the hub brings the query first, then its cancelling, however soon that follows.
  const cancels = hub.listen('vehicleQueryCancel', subjects.vehicleQueryCancel('*', '*'), ({ person, data }) => {
    const found = underWay.get(data.query)
    if (found?.person === person) found.conduct.cancel()
  })

  /** What begins and ends at any finder, where it counts. */
  const heard =
    load === undefined
      ? []
      : [
          hub.listen('searchAsked', subjects.searchAsked, ({ data }) => load.hearAsked(data)),
          hub.listen('searchEnded', subjects.searchEnded, ({ data }) => load.hearEnded(data)),
        ]

  /** Invariant: how long a query may wait counts from when it was received; its sender's clock decides nothing. */
  const answer = async (received: Incoming): Promise<void> => {
    const { query, question, person, reply, bytes } = received
    if (reply === undefined) return
    const client = clientOf(received)
    const taken = { query: query.query, client, bytes, person }
    const refusal = take(taken)
    if (refusal !== undefined) {
      const stats = emptyStats(query.query, 'refused', refusal)
      hub.send('vehicleQueryResultStats', reply, stats)
      deps.onAnswered?.(stats)
      return
    }
    try {
      const trace = spans && traceOf(received.headers)
      const asked = { query, question, person, client, reply, bytes, trace }
      const conduct = conductQuery(asked, options, { ...deps, hub, inbox, places, spans })
      underWay.set(query.query, { person, conduct })
      await conduct.ended
    } finally {
      underWay.delete(query.query)
      intake.leave(taken)
      load?.leave(taken)
    }
  }
  /** Whatever becomes of a query, its client waits for its end. */
  const answerUntaken = (status: QueryStats['status'], error: unknown, { reply, data }: Untaken): void => {
    if (reply === undefined || reply === '') return
    const stats = emptyStats(queryOfMalformed(data), status, reasonOf(error))
    sendWhileOpen(() => hub.send('vehicleQueryResultStats', reply, stats))
    deps.onAnswered?.(stats)
  }

  const untaken = {
    onInvalid: (error: unknown, raw: Untaken) => answerUntaken('refused', error, raw),
    onFault: (error: unknown, raw: Untaken) => answerUntaken('partial', error, raw),
  }
  const queries = hub.listen(
    'vehicleQuery',
    subjects.vehicleQuery('*'),
    ({ data: query, ...received }) => answer({ ...received, query }),
    { queue: queueGroups.vehicleQuery, ...untaken },
  )
  const latest = hub.listen(
    'latestQuery',
    subjects.latestQuery('*'),
    ({ data, ...received }) =>
      answer({ ...received, query: searchOfLatest(data), question: { by: data.by, keys: data.keys } }),
    { queue: queueGroups.latestQuery, ...untaken },
  )
  const exports = hub.listen(
    'recordExport',
    subjects.recordExport('*'),
    async ({ data: { export: id, ...exported }, person, reply }) => {
      if (reply === undefined) return
      const error = await deps.records.export(id, { ...exported, person }).then(() => undefined, reasonOf)
      sendWhileOpen(() => hub.send('exportRecorded', reply, { export: id, ...(error === undefined ? {} : { error }) }))
    },
    { queue: queueGroups.recordExport },
  )
  const areas = hub.listen(
    'areaQuery',
    subjects.areaQuery('*'),
    async ({ data, reply }) => {
      if (reply === undefined) return
      const found = await answerAreas(data, deps.findAreas)
      try {
        sendWhileOpen(() => hub.send('areaAnswer', reply, found))
      } catch (error) {
        // Too large for one message.
        hub.send('areaAnswer', reply, { request: data.request, areas: [], error: reasonOf(error) })
      }
    },
    { queue: queueGroups.areaQuery },
  )
  return {
    waiting: () => places.small.waiting() + places.large.waiting(),
    stop: async () => {
      await Promise.all([queries, latest, exports, areas].map((listener) => listener.close()))
      await Promise.all([...underWay.values()].map(({ conduct }) => conduct.ended))
      await Promise.all([taskStats, cancels, ...heard].map((listener) => listener.close()))
    },
  }
}
