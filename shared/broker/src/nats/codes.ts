import { JetStreamApiError } from '@nats-io/jetstream'
import { PermissionViolationError } from '@nats-io/nats-core'
import { BrokerError, type BrokerRefusal } from '../broker-error.ts'
import { API_CODES } from './api-codes.ts'

const REFUSALS: ReadonlyMap<number, BrokerRefusal> = new Map([
  [API_CODES.insufficientStorage, 'no-room'],
  [API_CODES.streamNotMade, 'not-made'],
  [API_CODES.messageTooLarge, 'too-large'],
  [API_CODES.headersTooLarge, 'too-large'],
  [API_CODES.streamNotFound, 'stream-missing'],
  [API_CODES.wrongLastSequence, 'wrong-last'],
  [API_CODES.nameInUse, 'name-in-use'],
])

/** The server's code of a refused request; undefined for other faults. */
export const apiCodeOf = (error: unknown): number | undefined =>
  error instanceof JetStreamApiError ? error.code : undefined

/** A definite answer becomes a `BrokerError`; what says that the server can't answer yet, e.g. right after its start, stays as it is. */
export const refusalFrom = (error: unknown): unknown => {
  const violation = [error, error instanceof Error ? error.cause : undefined].find(
    (each) => each instanceof PermissionViolationError,
  )
  if (violation !== undefined)
    return new BrokerError('refused', `the hub does not let this user ask ${violation.subject}`, { cause: error })
  if (!(error instanceof JetStreamApiError)) return error
  if (error.status === 503) return error
  // An earlier attempt is being stored, in a cluster: a repetition says how it ended.
  if (error.code === API_CODES.idInProcess) return error
  return new BrokerError(REFUSALS.get(error.code) ?? 'refused', error.message, { cause: error })
}
