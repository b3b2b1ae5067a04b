import { request } from 'node:http'
import { askVehicles, type Hub, runGeneration } from '@fleetlake/hub'
import { sleep } from '@fleetlake/core'
import type { Message } from '@fleetlake/contracts'

/** What a load has met so far. */
export interface LoadSeen {
  /** Positions that the hub has acknowledged. */
  published: number
  /** How often searches ended so. */
  readonly searches: Map<string, number>
  /** Searches that were complete and did not have what was acknowledged before they were asked. */
  short: number
  /** Requests to servers that were answered, and those that were not though a connection was made. */
  answered: number
  unanswered: number
}

const EVERYWHERE = {
  type: 'Polygon',
  coordinates: [
    [
      [-57, -36],
      [-55, -36],
      [-55, -34],
      [-57, -34],
      [-57, -36],
    ],
  ],
}

/** One request on a connection of its own. @returns whether it was answered; undefined when nothing listens */
const ask = (url: string): Promise<boolean | undefined> =>
  new Promise((resolve) => {
    const asked = request(url, { agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(true))
      response.on('error', () => resolve(false))
    })
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED' ? undefined : false))
    asked.end()
  })

/** Publishes, searches for everything and asks servers without a pause, until it is stopped. @returns how the run ended */
export const startLoad = (
  hub: Hub,
  urls: () => readonly string[],
): { readonly seen: LoadSeen; stop(): Promise<Message<'generationStats'>> } => {
  const stopping = new AbortController()
  const { signal } = stopping
  const seen: LoadSeen = { published: 0, searches: new Map(), short: 0, answered: 0, unanswered: 0 }
  const options = { vehicles: 300, intervalMs: 1000, durationMs: 6 * 3_600_000, realTime: true, speedFactor: 4 }
  const run = runGeneration(hub, options, { onProgress: ({ events }) => (seen.published = events) })
  const search = async (): Promise<void> => {
    while (!signal.aborted) {
      const { published } = seen
      const answer = askVehicles(hub, {
        area: EVERYWHERE,
        from: '2020-01-01T00:00:00Z',
        to: '2100-01-01T00:00:00Z',
        timeoutMs: 30_000,
      })
      for await (const _ of answer);
      const { status, rows } = await answer.outcome
      seen.searches.set(status, (seen.searches.get(status) ?? 0) + 1)
      if (status === 'complete' && rows < published) seen.short++
    }
  }
  const askServers = async (): Promise<void> => {
    while (!signal.aborted) {
      for (const url of urls()) {
        const isAnswered = await ask(url)
        if (isAnswered === true) seen.answered++
        if (isAnswered === false) seen.unanswered++
      }
      await sleep(5)
    }
  }
  const others = Promise.all([search(), askServers()])
  return {
    seen,
    stop: async () => {
      stopping.abort()
      await others
      return run
    },
  }
}
