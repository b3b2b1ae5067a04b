import type { Config } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import { connectHub, type Hub } from '@fleetlake/hub'
import { hubLogin } from '@fleetlake/service'

/** How long to look for a hub. */
const CONNECT_MS = 2_000

/**
 * The hub, if it answers at once.
 * @param onReason told why it was not found
 */
export const findHub = async (
  config: Pick<Config, 'auth' | 'hub'>,
  signal: AbortSignal,
  onReason: (reason: string) => void = () => {},
): Promise<Hub | undefined> => {
  const giveUp = new AbortController()
  let reason: string | undefined
  try {
    return await connectHub({
      ...(await hubLogin('terminal', config)),
      url: config.hub.url,
      service: 'terminal',
      signal: AbortSignal.any([signal, giveUp.signal, AbortSignal.timeout(CONNECT_MS)]),
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
