import { subjects } from '@fleetlake/contracts'
import type { Membership } from '@fleetlake/hub'
import { runShare, type ShareDeps, type ShareRequest, type ShareRun, type ShareStats } from './run-share.ts'

const REPORT_MS = 500
/** A run is stopped when its coordinator has not been a member for this long: its end could not be reported. */
const ORPHAN_MS = 6000
const MAX_SHARES = 8
/** Ends that are remembered, so that a repeated request is answered and not run again. */
const MAX_REMEMBERED = 1000

export interface AgentDeps extends ShareDeps {
  readonly membership: Membership
  say(message: string): void
}

export interface Agent {
  /** Positions that the hub has acknowledged, of all shares. */
  published(): number
  /** Stops its shares and reports their ends. */
  stop(): Promise<void>
}

/**
 * Runs shares on request, one per run, and reports to the request's reply subject each half second and at the end. A repeated
 * request is answered with another report.
 */
export const startAgent = (deps: AgentDeps): Agent => {
  const { hub, membership, say } = deps
  const running = new Map<string, { report: () => void; share: ShareRun; ended: Promise<void> }>()
  const ends = new Map<string, ShareStats>()
  let endedRows = 0

  const start = (request: ShareRequest, reply: string): void => {
    const share = runShare(request, deps)
    const report = (): void => hub.send('generatePartitionStats', reply, share.stats())
    const coordinator = reply.slice(reply.lastIndexOf('.') + 1)
    let orphanMs = 0
    const timer = setInterval(() => {
      report()
      orphanMs = membership.members().includes(coordinator) ? 0 : orphanMs + REPORT_MS
      if (orphanMs >= ORPHAN_MS) share.stop(`the generator ${coordinator} that led the run is gone`)
    }, REPORT_MS)
    const ended = share.ended.then(() => {
      clearInterval(timer)
      running.delete(request.run)
      const end = share.stats()
      endedRows += end.events
      remember(end)
      report()
      if (end.error !== undefined) say(`run ${request.run}, share ${request.share}: ${end.error}`)
    })
    running.set(request.run, { report, share, ended })
    report()
  }
  const remember = (end: ShareStats): void => {
    ends.set(end.run, end)
    if (ends.size > MAX_REMEMBERED) ends.delete(ends.keys().next().value!)
  }

  const requests = hub.listen('generatePartition', subjects.generatePartition(hub.uid), ({ data, reply }) => {
    if (reply === undefined)
      return say(`run ${data.run}: a share was ignored, because its request has no reply subject`)
    const known = running.get(data.run)
    const end = ends.get(data.run)
    if (known !== undefined) return known.report()
    if (end !== undefined) return hub.send('generatePartitionStats', reply, end)
    if (running.size >= MAX_SHARES) return hub.send('generatePartitionStats', reply, refusal(data))
    start(data, reply)
  })
  const stops = hub.listen('stopGeneration', subjects.stopGeneration('*'), ({ data }) =>
    running.get(data.run)?.share.stop(),
  )

  return {
    published: () => [...running.values()].reduce((sum, { share }) => sum + share.stats().events, endedRows),
    stop: async () => {
      await requests.close()
      const all = [...running.values()]
      for (const { share } of all) share.stop('the generator was shut down')
      await Promise.all(all.map(({ ended }) => ended))
      await stops.close()
    },
  }
}

const refusal = ({ run, share }: ShareRequest): ShareStats => ({
  run,
  share,
  status: 'failed',
  events: 0,
  messages: 0,
  waitingMs: 0,
  streams: [],
  error: `this generator runs ${MAX_SHARES} runs already: wait for one to end, or start another generator`,
})
