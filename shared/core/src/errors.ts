/** Every fault that a user or an operator may meet; `<part>.<what>`. */
export type ErrorCode =
  | 'area.invalid'
  | 'archive.older'
  | 'archive.other'
  | 'arrow.invalid'
  | 'backup.interrupted'
  | 'backup.invalid'
  | 'backup.refused'
  | 'browser.missing'
  | 'cell.invalid'
  | 'city.invalid'
  | 'config.invalid'
  | 'format.newer'
  | 'gateway.port-in-use'
  | 'generation.refused'
  | 'generation.unanswered'
  | 'hub.closed'
  | 'hub.data-in-use'
  | 'hub.failed'
  | 'hub.no-room'
  | 'hub.port-in-use'
  | 'hub.refused'
  | 'hub.server-missing'
  | 'hub.server-old'
  | 'hub.unreachable'
  | 'import.invalid'
  | 'login.failed'
  | 'message.invalid'
  | 'ops.port-in-use'
  | 'partition.gap'
  | 'publish.refused'
  | 'publish.unknown'
  | 'query.denied'
  | 'query.invalid'
  | 'query.unrecorded'
  | 'registry.conflict'
  | 'registry.invalid'
  | 'service.failed'
  | 'store.failed'
  | 'table.conflict'
  | 'table.damaged'
  | 'table.invalid'
  | 'table.missing'
  | 'table.replaced'
  | 'table.unsupported'
  | 'usage.invalid'
  | 'viewer.build-failed'
  | 'viewer.page-missing'
  | 'viewer.port-in-use'

/** A fault with a stable code, which programs and logs read; the message is a plain sentence that says what is wrong and what to do. */
export class FleetError extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'FleetError'
    this.code = code
  }
}

/** The code of a fault as a field of a line in a log; no field for an error without one. */
export const codeField = (error: unknown): { readonly code?: ErrorCode } =>
  error instanceof FleetError ? { code: error.code } : {}

/** A reason is for people, and part of messages, which have an end. */
const LONGEST_REASON = 4_000

/** A text for people, cut where it is too long to read. */
export const cutText = (text: string, most: number = LONGEST_REASON): string =>
  text.length <= most ? text : `${text.slice(0, most - 2)} …`

/** The message of anything thrown, with its causes, of a length that fits any message. */
export const reasonOf = (error: unknown): string => cutText(wholeReasonOf(error))

const wholeReasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  // A browser's faults have causes that say nothing.
  const cause = error.cause === undefined ? '' : wholeReasonOf(error.cause)
  return cause === '' ? error.message : `${error.message} (${cause})`
}
