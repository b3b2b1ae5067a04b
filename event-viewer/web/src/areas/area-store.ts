import type { ObjectStore } from '@fleetlake/archive'
import type { Hub } from '@fleetlake/hub'
import { openRegistry, type Registry } from '@fleetlake/registry'

/** The registry, as the page's server needs it for areas: opened at the first question. */
export interface AreaStore {
  /** As it is now. @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`, `store.failed` */
  read(): Promise<Registry>
  close(): Promise<void>
}

/**
 * @param store rooted at the table's folder
 * @param connected the connection to the hub, once it stands: changes are announced there
 */
export const createAreaStore = (store: ObjectStore, connected: () => Hub | undefined): AreaStore => {
  let opening: Promise<Registry> | undefined
  /** It is read anew for each question, so that nothing has to be heard. */
  const announcing: Pick<Hub, 'send'> = { send: (...message) => connected()?.send(...message) }
  const open = (): Promise<Registry> => {
    opening ??= openRegistry(store, { engine: 'Fleetlake viewer', hub: announcing }).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  return {
    read: async () => {
      const registry = await open()
      await registry.refresh()
      return registry
    },
    close: async () => {
      await (await opening?.catch(() => undefined))?.close()
    },
  }
}
