import { type Message, subjects } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import type { MessageHub } from '../connection/hub.ts'
import { randomToken } from '../connection/random-token.ts'
import { askFinder } from './ask-finder.ts'

const WITHIN_MS = 10_000

/** An area of the registry, at the version that it had when it was asked for. */
export type AskedArea = Message<'areaAnswer'>['areas'][number]

/**
 * Areas of the registry by their names or ids, each once.
 * @throws FleetError `area.invalid` when one is not there, with the nearest names, or nobody could say
 */
export const askAreas = async (
  hub: MessageHub,
  areas: readonly string[],
  { withinMs = WITHIN_MS }: { readonly withinMs?: number } = {},
): Promise<readonly AskedArea[]> => {
  const id = randomToken()
  const subject = subjects.areaQuery(hub.person)
  const answer = await askFinder(hub, {
    answer: 'areaAnswer',
    subject,
    id,
    send: (reply) => hub.send('areaQuery', subject, { request: id, areas: [...areas] }, { reply }),
    withinMs,
  })
  const fault = answer.ok ? answer.data.error : answer.fault
  if (fault !== undefined) throw new FleetError('area.invalid', fault)
  return answer.ok ? answer.data.areas : []
}
