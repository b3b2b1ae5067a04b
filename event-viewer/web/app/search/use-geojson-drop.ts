import { useEventListener } from '@vueuse/core'
import { ref, type Ref } from 'vue'

/**
 * A file of GeoJSON that is dropped anywhere on the page, and GeoJSON that is pasted outside of a text field. Drops are taken in the capturing phase:
 * those of other files are left to whoever imports them.
 */
export const useGeojsonDrop = (use: (text: string) => void): { readonly isOver: Ref<boolean> } => {
  const isOver = ref(false)
  const hasFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true
  const capture = { capture: true }
  useEventListener(
    window,
    'dragover',
    (event) => {
      if (!hasFile(event)) return
      event.preventDefault()
      isOver.value = true
    },
    capture,
  )
  useEventListener(window, 'dragleave', (event) => {
    if (event.relatedTarget === null) isOver.value = false
  })
  useEventListener(
    window,
    'drop',
    (event) => {
      isOver.value = false
      const [file, ...others] = event.dataTransfer?.files ?? []
      if (file === undefined || others.length > 0 || !/\.(geo)?json$/i.test(file.name)) return
      event.preventDefault()
      void file.text().then(use)
    },
    capture,
  )
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
