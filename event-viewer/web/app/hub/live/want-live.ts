import { subjects } from '@fleetlake/contracts'
import type { MessageHub } from '@fleetlake/hub/browser'

export interface WantLiveOptions {
  readonly seesAll: () => boolean
  /** Told when a new connection sees more or fewer vehicles than the one before. */
  readonly onSightChange: () => void
}

/** A gateway sends positions for three times as long. */
const EVERY_MS = 5_000

/** Asks for the live positions of the vehicles that the person sees, for as long as the page is open, where the person does not see all. */
export const wantLive = (hub: MessageHub, { seesAll, onSightChange }: WantLiveOptions): void => {
  let saw = seesAll()
  const ask = (): void => {
    if (!seesAll() && hub.status().state === 'connected') hub.send('liveWanted', subjects.liveWanted(hub.person), {})
  }
  hub.onStatus(({ state, reason }) => {
    if (state !== 'connected' || reason !== undefined) return
    if (saw !== seesAll()) {
      saw = seesAll()
      onSightChange()
    }
    ask()
  })
  ask()
  setInterval(ask, EVERY_MS)
}
