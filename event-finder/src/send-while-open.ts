import { FleetError } from '@fleetlake/core'

/** Sends something, or nothing when the connection to the hub is closed or being closed: what would hear it then has ended too. */
export const sendWhileOpen = (send: () => void): void => {
  try {
    send()
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'hub.closed') throw error
  }
}
