import { FleetError, reasonOf, sleep } from '@fleetlake/core'
import type { PersonTicket } from './ask-ticket.ts'

export interface PersonTicketsDeps {
  readonly ask: (signal: AbortSignal) => Promise<PersonTicket | undefined>
  /** Told in words that there is no ticket now. */
  readonly onFault: (reason: string) => void
  /** Told that nobody is logged in any more, or another person is. */
  readonly onEnd: () => void
  readonly retryMs?: number
}

export interface PersonTickets {
  /** Whose they are. */
  readonly person: string
  /** Whether the person sees all vehicles, by the last ticket. */
  seesAll(): boolean
  /** The first, then a new one each time. @throws FleetError when there is none now */
  next(signal: AbortSignal): Promise<PersonTicket>
}

const RETRY_MS = 1_000
const NO_LIMIT = new AbortController().signal

/** Tickets of the person who is logged in, once there is one. Invariant: all of them are of one person. @returns undefined when nobody is logged in */
export const openPersonTickets = async (deps: PersonTicketsDeps): Promise<PersonTickets | undefined> => {
  const { ask, onFault, onEnd, retryMs = RETRY_MS } = deps
  const askFirst = async (): Promise<PersonTicket | undefined> => {
    for (;;) {
      try {
        return await ask(NO_LIMIT)
      } catch (error) {
        onFault(reasonOf(error))
        await sleep(retryMs)
      }
    }
  }
  let held = await askFirst()
  if (held === undefined) {
    onEnd()
    return undefined
  }
  const { person } = held
  let { seesAll } = held
  return {
    person,
    seesAll: () => seesAll,
    next: async (signal) => {
      const first = held
      held = undefined
      if (first !== undefined) return first
      const ticket = await ask(signal).catch((error: unknown) => {
        onFault(reasonOf(error))
        throw error
      })
      if (ticket?.person === person) {
        ;({ seesAll } = ticket)
        return ticket
      }
      onEnd()
      throw new FleetError('login.failed', 'the login has ended')
    },
  }
}
