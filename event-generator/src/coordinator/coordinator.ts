import { type Message, queueGroups, subjects, TOKEN } from '@fleetlake/contracts'
import { codeField, FleetError, reasonOf } from '@fleetlake/core'
import { type ConductedRun, conductRun, type CoordinatorDeps } from './conduct-run.ts'

export interface Coordinator {
  /** Stops the runs that it leads and says how they ended. */
  stop(): Promise<void>
}

/** More at once are refused: each takes memory and its share of every generator. */
const MOST_RUNS = 8

/** Leads the runs that are asked of it. A request that is not a valid one is answered with what is wrong with it. */
export const startCoordinator = (
  deps: CoordinatorDeps & { say(message: string, fields?: object): void },
): Coordinator => {
  const { hub, say } = deps
  const runs = new Map<string, ConductedRun>()

  const reports = hub.listen('generatePartitionStats', subjects.generatePartitionStats(hub.uid), ({ data }) =>
    runs.get(data.run)?.heard(data),
  )
  const stops = hub.listen('stopGeneration', subjects.stopGeneration('*'), ({ data }) => runs.get(data.run)?.stop())
  const refuse = (error: unknown, { data, reply }: { data: Uint8Array; reply?: string }): void => {
    say(reasonOf(error), codeField(error))
    if (reply) hub.send('generationStats', reply, refusal(runOf(data), error))
  }
  const requests = hub.listen(
    'startGeneration',
    subjects.startGeneration('*'),
    ({ data: { run, options }, person, reply }) => {
      if (reply === undefined) return say(`run ${run} was not started: its request has no reply subject`)
      if (runs.has(run)) return
      if (runs.size >= MOST_RUNS) {
        const advice = 'wait until one has ended, or stop one'
        const busy = new FleetError('generation.refused', `${MOST_RUNS} runs are under way: ${advice}`)
        return hub.send('generationStats', reply, refusal(run, busy))
      }
      const conducted = conductRun({ run, person, options, reply }, deps)
      runs.set(run, conducted)
      void conducted.ended.then(() => runs.delete(run))
    },
    { queue: queueGroups.startGeneration, onInvalid: refuse, onFault: refuse },
  )

  return {
    stop: async () => {
      await requests.close()
      const all = [...runs.values()]
      for (const run of all) run.stop()
      await Promise.all(all.map(({ ended }) => ended))
      await Promise.all([reports.close(), stops.close()])
    },
  }
}

/** The run that a broken request names, if it does. */
const runOf = (data: Uint8Array): string => {
  try {
    const { run } = JSON.parse(new TextDecoder().decode(data)) as { run?: unknown }
    return typeof run === 'string' && TOKEN.test(run) ? run : 'unknown'
  } catch {
    return 'unknown'
  }
}

const refusal = (run: string, error: unknown): Message<'generationStats'> => {
  const now = new Date().toISOString()
  return {
    run,
    status: 'failed',
    events: 0,
    total: 0,
    flushed: false,
    elapsedMs: 0,
    eventsPerSecond: 0,
    agents: 0,
    from: now,
    to: now,
    streams: [],
    error: reasonOf(error),
    ...codeField(error),
  }
}
