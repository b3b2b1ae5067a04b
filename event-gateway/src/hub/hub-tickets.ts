import { sessionSchema, type Session } from '../login/sessions.ts'
import type { Sealer } from '../login/sealer.ts'

/** How long a ticket lets its page connect. */
export const TICKET_MS = 60_000

/** What a page shows to the hub for the person of its session: worth something for a minute, and nothing anywhere else. */
export interface HubTickets {
  make(session: Session): Promise<string>
  /** The session that a ticket was made of; undefined for what is none, or too old. */
  read(ticket: string): Promise<Session | undefined>
}

export const createHubTickets = (sealer: Sealer): HubTickets => ({
  make: (session) => sealer.seal('hub', session, TICKET_MS),
  read: async (ticket) => sessionSchema.safeParse(await sealer.unseal('hub', ticket)).data,
})
