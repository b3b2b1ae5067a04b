import { PERSON_TOKEN } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { z } from 'zod'

const ticketSchema = z.object({
  person: z.string().regex(PERSON_TOKEN),
  /** Whether the person sees all vehicles. */
  seesAll: z.boolean(),
  user: z.string().min(1),
  password: z.string().min(1),
})

/** Lets the page of a person into the hub, for a moment. */
export type PersonTicket = z.output<typeof ticketSchema>

/**
 * @returns undefined where nobody is logged in any more
 * @throws FleetError `hub.unreachable` when the gateway gives none now
 */
export const askTicket = async (signal: AbortSignal): Promise<PersonTicket | undefined> => {
  const response = await fetch('/v1/hub-ticket', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
    signal,
  }).catch((cause: unknown) => {
    throw new FleetError('hub.unreachable', 'the viewer’s service does not answer', { cause })
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.status === 401) return undefined
  if (!response.ok)
    throw new FleetError('hub.unreachable', titleOf(answer) ?? `the gateway answered ${response.status}`)
  const ticket = ticketSchema.safeParse(answer).data
  if (ticket === undefined) throw new FleetError('hub.unreachable', 'what the gateway gives is no ticket')
  return ticket
}

const problemSchema = z.object({ title: z.string().min(1).max(1_000) })

const titleOf = (answer: unknown): string | undefined => problemSchema.safeParse(answer).data?.title
