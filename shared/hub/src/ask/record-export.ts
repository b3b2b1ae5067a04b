import { type MessageInput, subjects } from '@fleetlake/contracts'
import { FleetError, sleep } from '@fleetlake/core'
import type { ListenOptions, MessageHub } from '../connection/hub.ts'
import { randomToken } from '../connection/random-token.ts'

const WITHIN_MS = 10_000
const REPEAT_MS = 500
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
  const inbox = hub.inbox(id)
  const subject = subjects.recordExport(hub.person)
  const endMs = performance.now() + withinMs
  const ended = new AbortController()
  let fault: string | undefined = `no finder has recorded it within ${withinMs / 1_000} s: see that one runs`
  const end = (reason: string | undefined): void => {
    fault = reason
    ended.abort()
  }
  const unheard: ListenOptions = { onInvalid: (error, raw) => raw.isUnheard || end(error.message) }
  const answers = hub.listen('exportRecorded', inbox, ({ data }) => end(data.error), unheard)
  const stopHearingRefusals = hub.control.onRefused((refused) => {
    if (refused === subject) end('your role does not let you: who keeps the accounts can give you another')
  })
  try {
    while (!ended.signal.aborted && performance.now() < endMs) {
      hub.send('recordExport', subject, { ...exported, export: id }, { reply: inbox })
      await sleep(Math.min(REPEAT_MS, endMs - performance.now()), ended.signal)
    }
  } finally {
    stopHearingRefusals()
    await answers.close()
  }
  // A finder that could not store it says all of that already.
  if (fault !== undefined)
    throw new FleetError('query.unrecorded', fault.startsWith(NOT_DONE) ? fault : `${NOT_DONE}${fault}`)
}
