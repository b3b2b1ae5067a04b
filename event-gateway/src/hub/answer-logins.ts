import { LOGIN_SUBJECT, readLoginRequest, writeLoginAnswer } from '@fleetlake/broker/nats/logins'
import { reasonOf } from '@fleetlake/core'
import type { Hub } from '@fleetlake/hub'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Admitted, Shown } from './admit.ts'
import type { LetIn } from './let-in.ts'

/** A connection ends after so long at the latest, and its page connects again if its person may still. */
const CONNECTION_MS = 3_600_000
/** A refusal is told once a minute for each address: a client that is refused may try again several times a second. */
const TOLD = { points: 1, duration: 60 }

export interface LoginAnswersOptions {
  readonly issuerSeed: string
  admit(shown: Shown): Promise<Admitted | undefined>
  readonly nowMs: () => number
  onLetIn(connection: LetIn): void
  /** Invariant: never told a password, a token or a ticket, nor a name that is not an account's. */
  say(line: string): void
}

/**
 * Tells the server whom to let in, and what they may do. Invariant: who is not known is refused; so is everyone while no question can be answered, since the server waits for an
 * answer and then refuses.
 * @returns stops answering
 */
export const answerLogins = (
  hub: Hub,
  { issuerSeed, admit, nowMs, onLetIn, say }: LoginAnswersOptions,
): (() => void) => {
  const told = new RateLimiterMemory(TOLD)
  const isNews = (address: string): Promise<boolean> =>
    told.consume(address).then(
      () => true,
      () => false,
    )
  const hear = async (payload: Uint8Array, reply: string): Promise<void> => {
    const request = readLoginRequest(payload)
    const admitted = await admit(request)
    if (admitted === undefined && (await isNews(request.address)))
      say(`somebody at ${request.address || 'an unknown address'} who is not known was not let in to the hub`)
    const untilMs = nowMs() + CONNECTION_MS
    const user = admitted && { name: admitted.person.account, ...admitted.permissions, untilMs }
    hub.control.publish(reply, await writeLoginAnswer(request, user, issuerSeed))
    const { keys, client } = request
    if (admitted !== undefined) onLetIn({ server: keys.server, client, untilMs, isStillRight: admitted.isStillRight })
  }
  // Of several gateways one answers.
  const subscription = hub.control.subscribe(
    LOGIN_SUBJECT,
    ({ data, reply }) => {
      hear(data, reply).catch((error: unknown) => say(`a login to the hub could not be answered: ${reasonOf(error)}`))
    },
    { queue: 'gateways' },
  )
  return () => subscription.close()
}
