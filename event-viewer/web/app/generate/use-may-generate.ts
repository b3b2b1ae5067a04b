import { readonly, ref, type Ref } from 'vue'
import { useViewerConfig } from '../use-viewer-config.ts'

/** Why there is no form, in words of the page. */
export const MAY_NOT_GENERATE =
  'Generating is switched off for pages, since it adds invented positions to the archive. The operator of the viewer can allow it with viewer.generation.'

/** Whether this page may have vehicles generated: undefined until the viewer's service has said so. Call it in a component's setup. */
export const useMayGenerate = (): Readonly<Ref<boolean | undefined>> => {
  const may = ref<boolean>()
  useViewerConfig().then(
    ({ generation }) => (may.value = generation),
    // What can't be asked is told by the config itself.
    () => {},
  )
  return readonly(may)
}
