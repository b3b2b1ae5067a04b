import type { Acknowledgement } from '@fleetlake/broker'
import { type MessageInput, SEARCHES, subjects } from '@fleetlake/contracts'
import { FleetError, sleep } from '@fleetlake/core'
import type { MessageHub } from '../connection/hub.ts'
import { wrapMessage } from '../connection/message.ts'

type RecordName = 'searchAsked' | 'searchEnded' | 'positionsExported'

export interface StoreRecordOptions {
  /** As a whole, ms; 5 s when missing. */
  readonly withinMs?: number
}

const WITHIN_MS = 5_000
const ATTEMPT_MS = 1_000
const RETRY_MS = 100

const adviceFor = (answer: Acknowledgement, withinMs: number): string => {
  if (answer.kind === 'rejected') {
    return answer.isFull
      ? `the hub's stream ${SEARCHES} is full: see that a collector runs, which archives it, or raise hub.maxBytesSearches`
      : `the hub does not store it (${answer.reason}): the stream ${SEARCHES} is made when a service of this version starts`
  }
  return `the hub has not stored it within ${withinMs / 1_000} s: ask again`
}

/**
 * Has the hub store a record of who searched or exported what; durable once it resolves. Repeated with one id until the time is up: it is there once.
 * @param what for people: what is not done without it
 * @throws FleetError `query.unrecorded` when it is not known to be stored, `hub.closed`
 */
const storeRecord = async <Name extends RecordName>(
  hub: MessageHub,
  {
    name,
    subject,
    id,
    what,
  }: { readonly name: Name; readonly subject: string; readonly id: string; readonly what: string },
  data: MessageInput<Name>,
  { withinMs = WITHIN_MS }: StoreRecordOptions,
): Promise<void> => {
  const { control, service, uid } = hub
  const { payload, headers } = wrapMessage(control, name, data, { id, source: `/fleetlake/${service}/${uid}` }, id)
  const endMs = performance.now() + withinMs
  // Tells more than that the last attempt, which has the least time, was not answered.
  let refusal: Acknowledgement | undefined
  for (;;) {
    const timeoutMs = Math.max(1, Math.min(ATTEMPT_MS, endMs - performance.now()))
    const answer = await control.store(subject, payload, { headers, timeoutMs })
    if (answer.kind === 'stored') return
    if (answer.kind === 'rejected') refusal = answer
    const isDefinite = answer.kind === 'rejected' && (answer.isFull || answer.isFinal)
    if (isDefinite || performance.now() + RETRY_MS > endMs)
      throw new FleetError(
        'query.unrecorded',
        `${what} can't be recorded, and so is not done: ${adviceFor(refusal ?? answer, withinMs)}`,
      )
    await sleep(RETRY_MS)
  }
}

/** That a search begins. @throws FleetError `query.unrecorded` */
export const storeSearchAsked = (
  hub: MessageHub,
  asked: MessageInput<'searchAsked'>,
  options: StoreRecordOptions = {},
): Promise<void> => {
  const { query } = asked
  const record = {
    name: 'searchAsked',
    subject: subjects.searchAsked,
    id: `${query}-asked`,
    what: 'the search',
  } as const
  return storeRecord(hub, record, asked, options)
}

/** How a search ended. @throws FleetError `query.unrecorded` */
export const storeSearchEnded = (
  hub: MessageHub,
  ended: MessageInput<'searchEnded'>,
  options: StoreRecordOptions = {},
): Promise<void> => {
  const { query } = ended
  const record = {
    name: 'searchEnded',
    subject: subjects.searchEnded,
    id: `${query}-ended`,
    what: "the search's end",
  } as const
  return storeRecord(hub, record, ended, options)
}

/** That found positions leave. @param id the same when it is repeated @throws FleetError `query.unrecorded` */
export const storeExport = (
  hub: MessageHub,
  exported: MessageInput<'positionsExported'>,
  { id = crypto.randomUUID(), ...options }: StoreRecordOptions & { readonly id?: string } = {},
): Promise<void> => {
  const record = {
    name: 'positionsExported',
    subject: subjects.positionsExported,
    id: `${exported.query}-${id}`,
    what: 'the export',
  } as const
  return storeRecord(hub, record, exported, options)
}
