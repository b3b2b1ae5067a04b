import { onUnmounted, type Ref, watch } from 'vue'
import { useLive } from './use-live.ts'

const LATE = {
  id: 'live-late',
  title: 'Most reports are late',
  description:
    'They are older than what their vehicles reported before, and the map never goes back in time. The archive keeps them all.',
}
const PAST = {
  id: 'live-past',
  title: 'Most reports are of the past',
  description:
    'They are more than an hour old, as those of an import are. The map shows where vehicles are now; a search finds these.',
}

/** Says why nothing moves when most reports are late or of the past; as long as the calling page is shown. */
export const useLateNotice = (): void => {
  const { isMostlyLate, isMostlyPast } = useLive()
  const toast = useToast()
  const tell = (isSo: Readonly<Ref<boolean>>, notice: typeof LATE): void => {
    watch(
      isSo,
      (is) => {
        if (!is) toast.remove(notice.id)
        else toast.add({ ...notice, color: 'warning', icon: 'i-lucide-history', duration: 0 })
      },
      { immediate: true },
    )
    onUnmounted(() => toast.remove(notice.id))
  }
  tell(isMostlyLate, LATE)
  tell(isMostlyPast, PAST)
}
