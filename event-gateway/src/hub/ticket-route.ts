import { personToken } from '@fleetlake/contracts'
import { Hono } from 'hono'
import { problem } from '../http/problem.ts'
import type { Sessions } from '../login/sessions.ts'
import type { Directory } from '../people/directory.ts'
import type { WhoIs } from '../people/identify.ts'
import { type HubTickets, TICKET_MS } from './hub-tickets.ts'

export interface TicketRouteDeps {
  readonly directory: Pick<Directory, 'sight'>
  readonly sessions: Sessions
  readonly whoIs: WhoIs
  readonly tickets: HubTickets
}

/** `POST /hub-ticket` → `{ person, seesAll, user, password, expiresMs }`: as whom the page of a session connects to the hub by websocket within the next minute. */
export const createTicketRoute = ({ directory, sessions, whoIs, tickets }: TicketRouteDeps): Hono =>
  new Hono().post('/hub-ticket', async (c) => {
    const session = await sessions.current(c)
    const person = session === undefined ? undefined : whoIs.ofSession(session)
    if (session === undefined || person === undefined)
      return problem(c, 401, 'not logged in: a program connects to the hub with the name of its account and its token')
    const token = personToken(person.account)
    return c.json({
      person: token,
      seesAll: directory.sight(token) === 'all',
      user: person.account,
      password: await tickets.make(session),
      expiresMs: TICKET_MS,
    })
  })
