import type { HubStatus } from '@fleetlake/hub/browser'

/** How the state of the hub is shown. */
export interface HubWords {
  readonly word: string
  readonly sentence: string
  readonly tone: 'success' | 'warning' | 'error'
}

export const hubWords = ({ state }: Pick<HubStatus, 'state'>): HubWords => {
  switch (state) {
    case 'connected':
      return { word: 'Connected', sentence: 'Connected to the hub.', tone: 'success' }
    case 'connecting':
      return { word: 'Connecting', sentence: 'Connecting to the hub.', tone: 'warning' }
    case 'disconnected':
      return { word: 'Offline', sentence: 'The hub can’t be reached. Trying again until it can.', tone: 'error' }
    case 'closed':
      return { word: 'Closed', sentence: 'The connection to the hub has ended.', tone: 'error' }
  }
}

/** What to do about it, if anything can be done. */
export const hubAdvice = ({ state }: Pick<HubStatus, 'state'>): string | undefined => {
  if (state === 'connected') return undefined
  return state === 'closed'
    ? 'Reload the page to try again.'
    : 'If this lasts, check that nats-server runs: `npm start` starts it with everything else.'
}
