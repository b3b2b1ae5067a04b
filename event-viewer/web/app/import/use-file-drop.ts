import { useEventListener } from '@vueuse/core'
import { ref, type Ref } from 'vue'
import { droppedFiles, isOfFiles } from './dropped-files.ts'
import type { FoundFiles } from './found-files.ts'

/** Files that are dropped anywhere on the page, but for those that another part has taken in the capturing phase. Call it in a component's setup. */
export const useFileDrop = (take: (dropped: Promise<FoundFiles>) => void): { readonly isOver: Ref<boolean> } => {
  const isOver = ref(false)
  useEventListener(window, 'dragover', (event) => {
    if (event.defaultPrevented || !isOfFiles(event)) return
    event.preventDefault()
    isOver.value = true
  })
  useEventListener(window, 'dragleave', (event) => {
    if (event.relatedTarget === null) isOver.value = false
  })
  useEventListener(window, 'drop', (event) => {
    isOver.value = false
    if (event.defaultPrevented || event.dataTransfer === null || !isOfFiles(event)) return
    event.preventDefault()
    take(droppedFiles(event.dataTransfer))
  })
  return { isOver }
}
