/** What a delivery's reply subject says of the message. */
export interface Delivery {
  /** Of the stream. */
  readonly sequence: number
  /** Of the consumer: each delivery counts one up. */
  readonly delivered: number
  /** When the server stored it, ms since the epoch. */
  readonly timestampMs: number
}

const PREFIX = '$JS.ACK.'

/**
 * Reads `$JS.ACK.<stream>.<consumer>.<times>.<sequence>.<delivered>.<ns>.<pending>`, or the longer form with domain and account.
 * @returns undefined for other subjects
 */
export const parseDelivery = (reply: string): Delivery | undefined => {
  if (!reply.startsWith(PREFIX)) return undefined
  const tokens = reply.split('.')
  const at = tokens.length === 9 ? 5 : 7
  if (tokens.length < 9 || tokens.length === 10) return undefined
  return {
    sequence: Number(tokens[at]),
    delivered: Number(tokens[at + 1]),
    // As text: nanoseconds since the epoch are beyond 2^53.
    timestampMs: Number(tokens[at + 2].slice(0, -6)),
  }
}
