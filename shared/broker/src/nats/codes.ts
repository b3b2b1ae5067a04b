import { JetStreamApiError } from '@nats-io/jetstream'
import { BrokerError, type BrokerRefusal } from '../broker-error.ts'

export const API_CODES = {
  insufficientStorage: 10047,
  storeFailed: 10077,
  streamNotMade: 10049,
  messageTooLarge: 10054,
  streamNotFound: 10059,
  noMessageFound: 10037,
  sequenceNotFound: 10043,
  wrongLastSequence: 10071,
  deleteFailed: 10057,
  nameInUse: 10058,
  otherStreamExpected: 10060,
  headersTooLarge: 10097,
  streamSealed: 10109,
  idInProcess: 10158,
} as const

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
  if (!(error instanceof JetStreamApiError)) return error
  if (error.status === 503) return error
  return new BrokerError(REFUSALS.get(error.code) ?? 'refused', error.message, { cause: error })
}
