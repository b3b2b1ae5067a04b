import { createHash } from 'node:crypto'
import { ROLES } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import type { Context } from 'hono'
import { z } from 'zod'
import type { AskGateway } from './ask-gateway.ts'

const personSchema = z.object({
  account: z.string().min(1).max(1024),
  role: z.enum(ROLES),
  /** Whether the person sees all vehicles. */
  seesAll: z.boolean().default(true),
})

/** Who has sent a request, as the gateway knows them. */
export type Person = z.output<typeof personSchema>

export type Identified =
  | { readonly kind: 'known'; readonly person: Person }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'unanswered'; readonly reason: string }

export interface Identify {
  (c: Context): Promise<Identified>
  /** Asks again from now on. */
  forget(): void
}

/** For so long a person who has logged in stays known: a session that has ended is of no use any more after it. */
const KNOWN_MS = 2_000
const MOST_KNOWN = 1_000

/** Asks the gateway who somebody is. Invariants: only who is known is remembered, for a moment; cookies and tokens are not kept. */
export const createIdentify = (ask: AskGateway, nowMs: () => number = () => performance.now()): Identify => {
  const known = new Map<string, { readonly untilMs: number; readonly person: Person }>()
  const asked = async (c: Context): Promise<Identified> => {
    try {
      const answer = await ask(c, { method: 'GET', path: '/v1/me' })
      const text = await answer.text()
      if (answer.status === 401) return { kind: 'nobody' }
      const read = answer.status === 200 ? personSchema.safeParse(JSON.parse(text)).data : undefined
      return read === undefined
        ? { kind: 'unanswered', reason: `it answered GET /v1/me with ${answer.status}` }
        : { kind: 'known', person: read }
    } catch (error) {
      return { kind: 'unanswered', reason: reasonOf(error) }
    }
  }
  let turn = 0
  const identify = async (c: Context): Promise<Identified> => {
    const key = keyOf(c)
    if (key === undefined) return { kind: 'nobody' }
    const before = known.get(key)
    if (before !== undefined && before.untilMs > nowMs()) return { kind: 'known', person: before.person }
    known.delete(key)
    const mine = turn
    const found = await asked(c)
    if (found.kind === 'known' && mine === turn) {
      if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value!)
      known.set(key, { untilMs: nowMs() + KNOWN_MS, person: found.person })
    }
    return found
  }
  return Object.assign(identify, {
    forget: () => {
      turn++
      known.clear()
    },
  })
}

/** Undefined for a request that shows nothing by which one could be known. */
const keyOf = (c: Context): string | undefined => {
  const shown = ['Cookie', 'Authorization', 'Host', 'Origin', 'Sec-Fetch-Site', 'Sec-Fetch-Mode'].map(
    (name) => c.req.header(name) ?? '',
  )
  if (shown[0] === '' && shown[1] === '') return undefined
  return createHash('sha256').update(JSON.stringify(shown)).digest('base64url')
}
