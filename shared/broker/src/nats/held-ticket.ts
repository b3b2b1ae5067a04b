import { FleetError, reasonOf, sleep } from '@fleetlake/core'

/** What a client shows to the server once, to be let in as somebody. */
export interface Ticket {
  readonly user: string
  readonly password: string
}

/** @throws Error that says in words why there is none now */
export type AskTicket = (signal: AbortSignal) => Promise<Ticket>

export interface HeldTicket {
  /** Asks for a ticket where none is held. @returns whether there is one */
  renew(): Promise<boolean>
  /** What is shown to the server; it is not shown again. */
  show(): Ticket | undefined
  /** Why there is none. */
  fault(): string | undefined
}

/** A ticket that was not shown is held for so long: it has to be good for longer. */
const HELD_MS = 10_000
/** No more often are tickets asked for: a server may refuse one after the other. */
const EVERY_MS = 1_000
/** The client gives a dial up after 5 s, this included. */
const ASK_MS = 3_000

/** Invariant: each attempt that reaches the server shows a ticket that it has not seen, and a server that is not reached costs a ticket in ten seconds. */
export const holdTicket = (ask: AskTicket): HeldTicket => {
  let held: { readonly ticket: Ticket; readonly atMs: number } | undefined
  let askedAtMs = -Infinity
  let fault: string | undefined
  return {
    renew: async () => {
      if (held !== undefined && performance.now() - held.atMs < HELD_MS) return true
      held = undefined
      await sleep(Math.max(0, askedAtMs + EVERY_MS - performance.now()))
      askedAtMs = performance.now()
      const timer = new AbortController()
      try {
        const ticket = await Promise.race([ask(timer.signal), tooLate(timer.signal)])
        held = { ticket, atMs: performance.now() }
        fault = undefined
      } catch (error) {
        fault = reasonOf(error)
      } finally {
        timer.abort()
      }
      return held !== undefined
    },
    show: () => {
      const shown = held?.ticket
      held = undefined
      return shown
    },
    fault: () => fault,
  }
}

const tooLate = async (signal: AbortSignal): Promise<never> => {
  await sleep(ASK_MS, signal)
  throw new FleetError('hub.unreachable', 'the gateway takes too long to let this page in')
}
