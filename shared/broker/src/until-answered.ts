import { FleetError, sleep } from '@fleetlake/core'
import { refusalOf } from './broker-error.ts'
import type { Control } from './port.ts'

const RETRY_MS = 100

/**
 * Repeats what may be repeated until the server answers; only what it refuses is thrown.
 * @throws FleetError `hub.closed` once the connection is closed
 */
export const untilAnswered = async <Value>(control: Control, ask: () => Promise<Value>): Promise<Value> => {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (control.status().state === 'closed' || refusalOf(error) === 'closed')
        throw new FleetError('hub.closed', 'the connection to the hub is closed', { cause: error })
      if (refusalOf(error) !== undefined) throw error
      await sleep(RETRY_MS)
    }
  }
}
