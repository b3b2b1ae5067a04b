import type { Log } from '../log.ts'

/** How a service stands with the hub, as `connectHub` tells it. */
export type HubState = { readonly state: string; readonly reason?: string }

/** Says that the hub is lost, and that it is back; the first connect goes without a word. */
export const createHubLog = (log: Log): ((status: HubState) => void) => {
  let isLost = false
  return ({ state, reason }) => {
    if (reason !== undefined) {
      isLost = true
      log.warn(`${state}: ${reason}`)
    } else if (state === 'connected' && isLost) {
      isLost = false
      log.info('connected again')
    }
  }
}
