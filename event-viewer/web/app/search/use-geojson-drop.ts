import { useEventListener } from '@vueuse/core'
import { ref, type Ref } from 'vue'

/** Files that are dropped anywhere on the page, and GeoJSON that is pasted outside of a text field. */
export const useGeojsonDrop = (use: (text: string) => void): { readonly isOver: Ref<boolean> } => {
  const isOver = ref(false)
  const hasFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true
  useEventListener(window, 'dragover', (event) => {
    if (!hasFile(event)) return
    event.preventDefault()
    isOver.value = true
  })
  useEventListener(window, 'dragleave', (event) => {
    if (event.relatedTarget === null) isOver.value = false
  })
  useEventListener(window, 'drop', (event) => {
    isOver.value = false
    const file = event.dataTransfer?.files[0]
    if (file === undefined) return
    event.preventDefault()
    void file.text().then(use)
  })
  useEventListener(window, 'paste', (event) => {
    const isField =
      event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable]') !== null
    const text = event.clipboardData?.getData('text') ?? ''
    if (isField || !/^\uFEFF?\s*\{/.test(text)) return
    event.preventDefault()
    use(text)
  })
  return { isOver }
}
