import { openRegistryStore } from '@fleetlake/archive'
import type { Config } from '@fleetlake/contracts'
import { connectHub, type Hub } from '@fleetlake/hub'
import { openRegistry, type Registry } from '@fleetlake/registry'
import { hubLogin } from '@fleetlake/service'
import type { CommandContext } from '../commands/context.ts'

/** How long to look for a hub: what is not announced is found a moment later. */
const CONNECT_MS = 2_000

/** The hub, if it answers at once. */
const findHub = async (config: Pick<Config, 'auth' | 'hub'>, signal: AbortSignal): Promise<Hub | undefined> => {
  const giveUp = new AbortController()
  try {
    return await connectHub({
      ...(await hubLogin('terminal', config)),
      url: config.hub.url,
      service: 'terminal',
      signal: AbortSignal.any([signal, giveUp.signal, AbortSignal.timeout(CONNECT_MS)]),
      onFault: () => undefined,
      onStatus: ({ state }) => {
        if (state === 'connecting') giveUp.abort()
      },
    })
  } catch {
    return undefined
  }
}

/** Opens the registry of the archive, uses it, closes it. What is wrong in it is said. */
export const withRegistry = async (
  context: CommandContext,
  use: (registry: Registry) => Promise<void>,
): Promise<void> => {
  const registry = await openRegistry(await openRegistryStore(context.config().archive), {
    engine: 'Fleetlake terminal',
  })
  try {
    sayFaults(registry, context)
    await use(registry)
  } finally {
    await registry.close()
  }
}

/** The same for a command that changes something, which the hub is told, if there is one. */
export const changeRegistry = async (
  context: CommandContext,
  use: (registry: Registry) => Promise<void>,
): Promise<void> => {
  const config = context.config()
  const store = await openRegistryStore(config.archive)
  const hub = await findHub(config, context.signal)
  try {
    const registry = await openRegistry(store, { engine: 'Fleetlake terminal', hub })
    try {
      sayFaults(registry, context)
      await use(registry)
    } finally {
      await registry.close()
    }
  } finally {
    await hub?.close()
  }
}

const MOST_FAULTS = 10

const sayFaults = (registry: Registry, { terminal }: CommandContext): void => {
  const faults = registry.faults()
  for (const fault of faults.slice(0, MOST_FAULTS)) terminal.say(fault, 'yellow')
  if (faults.length > MOST_FAULTS) terminal.say(`… and ${faults.length - MOST_FAULTS} more`, 'yellow')
}
