import type { Config } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { connectHub, type Hub } from '@fleetlake/hub'
import { hubLogin, startTracer } from '@fleetlake/service'
import type { Terminal } from './terminal.ts'

/** How long to look for the hub. */
const CONNECT_MS = 5_000

/**
 * Connects, uses, closes.
 * @throws FleetError `hub.unreachable` when nothing answers there
 */
export const withHub = async <Result>(
  config: Pick<Config, 'auth' | 'hub' | 'tracing'>,
  { terminal, signal }: { terminal: Terminal; signal: AbortSignal },
  use: (hub: Hub) => Promise<Result>,
): Promise<Result> => {
  const tooLong = AbortSignal.timeout(CONNECT_MS)
  const { url } = config.hub
  const login = await hubLogin('terminal', config)
  const tracer = await startTracer(config, 'terminal')
  let reason: string | undefined
  let isLost = false
  const hub = await connectHub({
    ...login,
    url,
    service: 'terminal',
    tracer,
    signal: AbortSignal.any([signal, tooLong]),
    onFault: (fault) => terminal.say(reasonOf(fault)),
    onStatus: (status) => {
      if (status.state === 'connecting') reason = status.reason
      if (status.state === 'disconnected')
        terminal.say(`the connection to the hub is lost; trying again (${status.reason})`)
      if (status.state === 'connected' && isLost) terminal.say('connected again')
      isLost = status.state === 'disconnected'
    },
  }).catch((error: unknown) => {
    if (!tooLong.aborted || signal.aborted) throw error
    throw new FleetError(
      'hub.unreachable',
      `no hub answers at ${url}: start one with \`npm start\`, or give its address with --hub nats://host:4222`,
      { cause: reason },
    )
  })
  try {
    return await use(hub)
  } finally {
    await hub.close()
    await tracer?.close()
  }
}
