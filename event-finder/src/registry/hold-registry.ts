import { openRegistryStore, type TellRequest } from '@fleetlake/archive'
import type { Config } from '@fleetlake/contracts'
import { codeField, reasonOf } from '@fleetlake/core'
import type { MessageHub } from '@fleetlake/hub'
import { openRegistry, type Registry } from '@fleetlake/registry'
import { shareReads } from '../waiting/share-reads.ts'

/** The registry as a finder holds it: one for all that it needs it for. */
export interface HeldRegistry {
  /** Opened when it is first asked for. @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`, `store.failed`: it is tried again at the next time */
  open(): Promise<Registry>
  /** As it is now, or later. @throws FleetError as `open` does */
  refresh(): Promise<Registry>
  close(): Promise<void>
}

export interface HoldRegistryOptions {
  readonly config: Pick<Config, 'archive' | 'auth'>
  readonly warn: (what: string, fields?: object) => void
  /** Told of each operation on the registry's store. */
  readonly tellRequest?: TellRequest | undefined
}

/** How late what a person may is heard of at most, if its announcement was lost. */
const LOOK_MS = 5_000

export const holdRegistry = (
  hub: MessageHub,
  { config: { archive, auth }, warn, tellRequest }: HoldRegistryOptions,
): HeldRegistry => {
  let opening: Promise<Registry> | undefined
  let hasFailed = false
  const openNow = async (): Promise<Registry> => {
    const registry = await openRegistry(await openRegistryStore(archive, tellRequest), {
      engine: 'Fleetlake finder',
      hub,
      // A search that names an area looks by itself.
      ...(auth === 'required' ? { lookEveryMs: LOOK_MS } : {}),
      onFault: (error) => {
        // Said once, not with each look.
        if (!hasFailed) warn(`the registry can't be read again: ${reasonOf(error)}`, codeField(error))
        hasFailed = true
      },
    })
    for (const fault of registry.faults()) warn(fault)
    return registry
  }
  const open = (): Promise<Registry> => {
    opening ??= openNow().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  return {
    open,
    refresh: shareReads(async () => {
      const registry = await open()
      await registry.refresh()
      hasFailed = false
      return registry
    }),
    close: async () => {
      const registry = await opening?.catch(() => undefined)
      await registry?.close()
    },
  }
}
