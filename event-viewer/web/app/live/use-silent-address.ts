import { onMounted, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { DEFAULT_HORIZON, parseHorizon } from './silent-horizon.ts'
import { useLive } from './use-live.ts'

/** Keeps in the page's address which silent vehicles are shown, where it is not as usual: a link shows the same. */
export const useSilentAddress = (): void => {
  const { silentHorizon } = useLive()
  const [route, router] = [useRoute(), useRouter()]

  const write = (): void => {
    const { silent: _, ...others } = route.query
    const silent = silentHorizon.value === DEFAULT_HORIZON ? {} : { silent: silentHorizon.value }
    void router.replace({ query: { ...others, ...silent }, hash: location.hash })
  }
  const addressed = parseHorizon(route.query.silent)
  if (addressed !== undefined) silentHorizon.value = addressed
  onMounted(() => {
    if (silentHorizon.value !== (addressed ?? DEFAULT_HORIZON)) write()
    watch(silentHorizon, write)
  })
}
