import { onUnmounted, watch } from 'vue'
import { useLive } from './use-live.ts'

const ID = 'live-late'

/** Says why nothing moves when most reports are late; as long as the calling page is shown. */
export const useLateNotice = (): void => {
  const { isMostlyLate } = useLive()
  const toast = useToast()
  watch(
    isMostlyLate,
    (isLate) => {
      if (!isLate) toast.remove(ID)
      else
        toast.add({
          id: ID,
          color: 'warning',
          icon: 'i-lucide-history',
          title: 'Most reports are late',
          description:
            'They are older than what their vehicles reported before, and the map never goes back in time. The archive keeps them all.',
          duration: 0,
        })
    },
    { immediate: true },
  )
  onUnmounted(() => toast.remove(ID))
}
