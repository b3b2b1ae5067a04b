import { FleetError } from '@fleetlake/core'
import type { HubStatus, MessageHub } from '@fleetlake/hub/browser'

/** How long a question waits for the hub: it may be on its way back. */
const WAIT_MS = 10_000

export interface AwaitHubOptions {
  readonly hub: Promise<MessageHub>
  /** What holds while there is no hub yet. */
  readonly status: () => HubStatus
  /** Aborted: it is not waited for any more. */
  readonly signal: AbortSignal
  readonly waitMs?: number
}

/**
 * The hub as soon as it is connected: a message that is sent earlier is lost, and its answer would never come.
 * @throws FleetError `hub.unreachable` when it takes too long, or when aborted
 */
export const awaitHub = async ({ hub, status, signal, waitMs = WAIT_MS }: AwaitHubOptions): Promise<MessageHub> => {
  const { promise: given, resolve: giveUp } = Promise.withResolvers<undefined>()
  const end = (): void => giveUp(undefined)
  const timer = setTimeout(end, waitMs)
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  let stop = (): void => undefined
  const heard = async (): Promise<MessageHub> => {
    const found = await hub
    if (found.status().state === 'connected') return found
    const { promise: back, resolve } = Promise.withResolvers<void>()
    stop = found.onStatus(({ state }) => (state === 'connected' ? resolve() : undefined))
    await back
    return found
  }
  try {
    const found = await Promise.race([heard(), given])
    if (found !== undefined) return found
    const { state, reason } = status()
    throw new FleetError(
      'hub.unreachable',
      signal.aborted
        ? 'cancelled before the hub was reached'
        : `the hub can't be reached (${reason ?? state}): try again once it is back`,
    )
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    stop()
  }
}
