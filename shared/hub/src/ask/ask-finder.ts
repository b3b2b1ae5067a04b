import type { Message, MessageName } from '@fleetlake/contracts'
import { sleep } from '@fleetlake/core'
import type { ListenOptions, MessageHub } from '../connection/hub.ts'

const REPEAT_MS = 500

export interface Question<Answer extends MessageName> {
  /** The message that answers. */
  readonly answer: Answer
  /** Where it is asked. */
  readonly subject: string
  /** A token of its own. */
  readonly id: string
  /** Asks; the same each time. */
  send(inbox: string): void
  readonly withinMs: number
}

export type FinderAnswer<Answer extends MessageName> =
  | { readonly ok: true; readonly data: Message<Answer> }
  /** Why there is none, for people. */
  | { readonly ok: false; readonly fault: string }

/** Asks finders a short question again and again until one has answered. */
export const askFinder = async <Answer extends 'exportRecorded' | 'areaAnswer'>(
  hub: MessageHub,
  { answer, subject, id, send, withinMs }: Question<Answer>,
): Promise<FinderAnswer<Answer>> => {
  const inbox = hub.inbox(id)
  const endMs = performance.now() + withinMs
  const ended = new AbortController()
  let answered: FinderAnswer<Answer> = {
    ok: false,
    fault: `no finder has answered within ${withinMs / 1_000} s: see that one runs`,
  }
  const end = (how: FinderAnswer<Answer>): void => {
    answered = how
    ended.abort()
  }
  const fail = (fault: string): void => end({ ok: false, fault })
  const unheard: ListenOptions = { onInvalid: (error, raw) => raw.isUnheard || fail(error.message) }
  const answers = hub.listen(answer, inbox, ({ data }) => end({ ok: true, data }), unheard)
  const stopHearingRefusals = hub.control.onRefused((refused) => {
    if (refused === subject) fail('your role does not let you: who keeps the accounts can give you another')
  })
  try {
    while (!ended.signal.aborted && performance.now() < endMs) {
      send(inbox)
      await sleep(Math.min(REPEAT_MS, endMs - performance.now()), ended.signal)
    }
  } finally {
    stopHearingRefusals()
    await answers.close()
  }
  return answered
}
