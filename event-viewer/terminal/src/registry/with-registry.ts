import { openRegistryStore } from '@fleetlake/archive'
import { openRegistry, type Registry } from '@fleetlake/registry'
import type { CommandContext } from '../commands/context.ts'
import { findHub } from '../terminal/find-hub.ts'

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
