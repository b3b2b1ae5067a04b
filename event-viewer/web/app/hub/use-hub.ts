import { wrap, type Remote } from 'comlink'
import type { HubStatus } from '@fleetlake/hub/browser'
import { readonly, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { endLogin, knownPerson, onLoginEnd } from '../login/use-person.ts'
import { useViewerConfig } from '../use-viewer-config.ts'
import { passCallbacks } from './callbacks.ts'
import { hubSettingsOf } from './hub-settings.ts'
import type { HubSettings, HubThread } from './hub-thread.ts'

export interface UsedHub {
  /** The thread that holds the connection; callbacks are passed as plain functions. Calls wait for the first connection. */
  readonly thread: Remote<HubThread>
  readonly status: Readonly<Ref<HubStatus>>
  /** Undefined until `/api/config` has answered. */
  readonly settings: Readonly<ShallowRef<HubSettings | undefined>>
}

let used: UsedHub | undefined

/** The page's one connection to the hub: made on first use, kept as long as the page is open. */
export const useHub = (): UsedHub => (used ??= connect())

const connect = (): UsedHub => {
  passCallbacks()
  const worker = new Worker(new URL('./hub-worker.ts', import.meta.url), { type: 'module', name: 'hub' })
  const thread = wrap<HubThread>(worker)
  const status = ref<HubStatus>({ state: 'connecting' })
  const settings = shallowRef<HubSettings>()
  const become = (next: HubStatus): void => {
    status.value = next
  }
  // Once the worker has sent a message it runs, and an error in it is not one of the connection.
  worker.addEventListener('error', ({ message }) => {
    if (status.value.state !== 'connecting') return
    become({ state: 'closed', reason: `the page's connection to the hub has failed: ${message || 'it did not load'}` })
  })
  const begin = async (): Promise<void> => {
    try {
      settings.value = hubSettingsOf(await useViewerConfig(), location, knownPerson().account !== null)
      await thread.connect(settings.value, become, endLogin)
    } catch (error) {
      become({ state: 'closed', reason: error instanceof Error ? error.message : String(error) })
    }
  }
  const tellVisible = (): void => void thread.setVisible(document.visibilityState !== 'hidden')
  document.addEventListener('visibilitychange', tellVisible)
  tellVisible()
  // Nothing more is heard of the fleet.
  onLoginEnd(() => worker.terminate())
  void begin()
  return { thread, status: readonly(status), settings }
}
