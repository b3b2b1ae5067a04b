import { type GenerationOptions, type Message, subjects } from '@fleetlake/contracts'
import type { Hub } from '@fleetlake/hub'

type Status = Message<'generationStatus'>

/** What is told of a run at one time; what else a message says of it stays the same. */
export type RunNews = Omit<Status, 'startedAt' | 'person' | 'vehicles' | 'realTime'>

const EVERY_MS = 1000

/** Tells everyone how far a run has come: each second at most, and at once when its status changes. */
export const createRunAnnouncer = (
  hub: Pick<Hub, 'send'>,
  { person, vehicles, realTime }: Pick<GenerationOptions, 'vehicles' | 'realTime'> & { readonly person: string },
): ((news: RunNews) => void) => {
  const startedAt = new Date().toISOString()
  let told: { readonly status: Status['status']; readonly atMs: number } | undefined
  return ({ run, status, events, total, eventsPerSecond, elapsedMs, agents, note, error }) => {
    const nowMs = performance.now()
    if (told !== undefined && told.status === status && nowMs - told.atMs < EVERY_MS) return
    told = { status, atMs: nowMs }
    hub.send('generationStatus', subjects.generationStatus(run), {
      run,
      status,
      startedAt,
      person,
      elapsedMs,
      vehicles,
      realTime,
      events,
      total,
      eventsPerSecond,
      agents,
      ...(note === undefined ? {} : { note }),
      ...(error === undefined ? {} : { error }),
    })
  }
}
