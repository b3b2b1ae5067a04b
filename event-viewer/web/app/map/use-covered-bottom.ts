import { useElementSize, useMutationObserver } from '@vueuse/core'
import { onMounted, shallowRef } from 'vue'
import type { Ref } from 'vue'

/** Pixels that the element at the lower edge of the map's parent (`bottom-0`: a timeline, a table) lies over the map; 0 for none. */
export const useCoveredBottom = (root: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<number>> => {
  const cover = shallowRef<HTMLElement | null>(null)
  const look = (): void => {
    cover.value = root.value?.parentElement?.querySelector<HTMLElement>(':scope > .bottom-0') ?? null
  }
  onMounted(look)
  useMutationObserver(() => root.value?.parentElement, look, { childList: true })
  return useElementSize(cover, undefined, { box: 'border-box' }).height
}
