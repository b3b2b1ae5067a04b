import { FleetError } from '@fleetlake/core'
import { JetStreamApiError, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import type { Hub } from './hub.ts'
import { setTimeout as delay } from 'node:timers/promises'

const REQUEST_TIMEOUT_MS = 5_000
const RETRY_MS = 100

/** The API of the hub's streams; asks nothing of the server yet. */
export const streamsOf = (hub: Hub): Promise<JetStreamManager> =>
  jetstreamManager(hub.connection, { checkAPI: false, timeout: REQUEST_TIMEOUT_MS })

export const API_CODES = {
  insufficientStorage: 10047,
  storeFailed: 10077,
  streamNotMade: 10049,
  messageTooLarge: 10054,
  streamNotFound: 10059,
  noMessageFound: 10037,
  wrongLastSequence: 10071,
  deleteFailed: 10057,
  nameInUse: 10058,
  otherStreamExpected: 10060,
  headersTooLarge: 10097,
  streamSealed: 10109,
  idInProcess: 10158,
} as const

/** The server's code of a refused request; undefined for other faults. */
export const apiCodeOf = (error: unknown): number | undefined =>
  error instanceof JetStreamApiError ? error.code : undefined

/** The server says that it can not answer yet, e.g. right after its start. */
const isTransient = (error: unknown): boolean => !(error instanceof JetStreamApiError) || error.status === 503

/**
 * Repeats what may be repeated until the server answers; only what it refuses is thrown.
 * @throws FleetError `hub.closed` once the connection is closed
 */
export const untilAnswered = async <Value>(hub: Hub, ask: () => Promise<Value>): Promise<Value> => {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (hub.connection.isClosed())
        throw new FleetError('hub.closed', 'the connection to the hub is closed', { cause: error })
      if (!isTransient(error)) throw error
      await delay(RETRY_MS)
    }
  }
}
