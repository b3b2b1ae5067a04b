import { runGeneration } from '@fleetlake/hub'
import type { TestViewer } from './viewer.ts'

/** The archive of these tests: an hour of a morning, the same rows every time. */
export const HOUR = { from: '2026-01-05T07:00:00.000Z', to: '2026-01-05T08:00:00.000Z' }
export const VEHICLES = 200
/** A report every 5 s. */
export const EVENTS = VEHICLES * 720

/** Has the hour generated and archived. */
export const archiveHour = async ({ hub }: TestViewer): Promise<void> => {
  const stats = await runGeneration(hub, { vehicles: VEHICLES, events: EVENTS, startTime: HOUR.from, seed: 7 })
  if (stats.status !== 'complete' || !stats.flushed) throw new Error(`the run ended as ${stats.status}`)
}

/** The hour as a search of everywhere, as the page's address holds it. */
export const EVERYWHERE = '?everywhere&when=2026-01-05T07:00:00Z..2026-01-05T08:00:00Z'
