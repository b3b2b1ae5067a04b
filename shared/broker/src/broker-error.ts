/** What a broker refuses for good, until something changes. */
export type BrokerRefusal =
  /** The connection was closed by its owner. */
  | 'closed'
  | 'stream-missing'
  /** A stream of the name is there, with other settings. */
  | 'name-in-use'
  /** The server has no room for the stream. */
  | 'no-room'
  /** The server could not make the stream's store, which may pass. */
  | 'not-made'
  | 'too-large'
  /** The last message of the subject is another than was expected. */
  | 'wrong-last'
  /** Anything else; the message says what. */
  | 'refused'

/** A definite answer of a broker: what was asked for has not been done. */
export class BrokerError extends Error {
  readonly refusal: BrokerRefusal
  constructor(refusal: BrokerRefusal, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BrokerError'
    this.refusal = refusal
  }
}

/** Why a broker has refused something; undefined for other faults. */
export const refusalOf = (error: unknown): BrokerRefusal | undefined =>
  error instanceof BrokerError ? error.refusal : undefined
