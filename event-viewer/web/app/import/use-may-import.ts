import { readonly, ref, type Ref } from 'vue'
import { useViewerConfig } from '../use-viewer-config.ts'

/** Why no files are taken, in words of the page. */
export const MAY_NOT_IMPORT =
  'Importing is switched off for pages, since it adds positions to the archive. `fleet import` in a terminal does the same; the operator of the viewer can allow it here with viewer.imports.'

/** Whether this page may import files: undefined until the viewer's service has said so. Call it in a component's setup. */
export const useMayImport = (): Readonly<Ref<boolean | undefined>> => {
  const may = ref<boolean>()
  useViewerConfig().then(
    ({ imports }) => (may.value = imports),
    // What can't be asked is told by the config itself.
    () => {},
  )
  return readonly(may)
}
