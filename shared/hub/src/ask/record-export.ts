import { type MessageInput, subjects } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import type { MessageHub } from '../connection/hub.ts'
import { randomToken } from '../connection/random-token.ts'
import { askFinder } from './ask-finder.ts'

const WITHIN_MS = 10_000
const NOT_DONE = "the export can't be recorded, and so is not done: "

/**
 * Says that found positions are about to leave, and resolves once that is recorded. It is a finder that stores it: who may send to a stream could have the server send its
 * acknowledgement anywhere.
 * @throws FleetError `query.unrecorded` when it is not known to be recorded
 */
export const recordExport = async (
  hub: MessageHub,
  exported: Omit<MessageInput<'recordExport'>, 'export'>,
  { withinMs = WITHIN_MS }: { readonly withinMs?: number } = {},
): Promise<void> => {
  const id = randomToken()
  const subject = subjects.recordExport(hub.person)
  const answer = await askFinder(hub, {
    answer: 'exportRecorded',
    subject,
    id,
    send: (reply) => hub.send('recordExport', subject, { ...exported, export: id }, { reply }),
    withinMs,
  })
  const fault = answer.ok ? answer.data.error : answer.fault
  // A finder that could not store it says all of that already.
  if (fault !== undefined)
    throw new FleetError('query.unrecorded', fault.startsWith(NOT_DONE) ? fault : `${NOT_DONE}${fault}`)
}
