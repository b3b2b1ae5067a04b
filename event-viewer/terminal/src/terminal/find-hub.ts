import type { Config } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import { connectHub, type Hub } from '@fleetlake/hub'
import { hubLogin } from '@fleetlake/service'

const CONNECT_MS = 2_000

export interface FindHubOptions {
  /** Told why it was not found. */
  readonly onReason?: (reason: string) => void
  /** How long to look for it; 2 s when missing. */
  readonly timeoutMs?: number
}

/** The hub, if it answers at once. */
export const findHub = async (
  config: Pick<Config, 'auth' | 'hub'>,
  signal: AbortSignal,
  { onReason = () => {}, timeoutMs = CONNECT_MS }: FindHubOptions = {},
): Promise<Hub | undefined> => {
  const giveUp = new AbortController()
  let reason: string | undefined
  try {
    return await connectHub({
      ...(await hubLogin('terminal', config)),
      url: config.hub.url,
      service: 'terminal',
      signal: AbortSignal.any([signal, giveUp.signal, AbortSignal.timeout(timeoutMs)]),
      onFault: () => undefined,
      onStatus: (status) => {
        if (status.state !== 'connecting') return
        reason = status.reason
        giveUp.abort()
      },
    })
  } catch (error) {
    onReason(reason ?? reasonOf(error))
    return undefined
  }
}
