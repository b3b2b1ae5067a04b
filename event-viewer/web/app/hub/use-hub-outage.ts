import { readonly, ref, watch, type Ref } from 'vue'
import { useHub } from './use-hub.ts'

/** A shorter outage than this is not shown. */
const PATIENCE_MS = 2000

let isOut: Ref<boolean> | undefined

/** Whether the hub has been out of reach for longer than a moment. */
export const useHubOutage = (): Readonly<Ref<boolean>> => {
  if (isOut !== undefined) return readonly(isOut)
  const out = ref(false)
  isOut = out
  const { status } = useHub()
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => status.value.state === 'connected',
    (isConnected) => {
      clearTimeout(timer)
      if (isConnected) out.value = false
      else timer = setTimeout(() => (out.value = true), PATIENCE_MS)
    },
    { immediate: true },
  )
  return readonly(out)
}
