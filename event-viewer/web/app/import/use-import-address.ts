import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useImports } from './use-imports.ts'

/** Keeps the import that is shown in the page's address, so that a reload finds it. Call it in the setup of the import page alone. */
export const useImportAddress = (): void => {
  const route = useRoute()
  const router = useRouter()
  const { known, current, currentId, show, sayFault } = useImports()
  const addressed = (): string | undefined => (typeof route.query.import === 'string' ? route.query.import : undefined)

  watch(
    () => (route.path === '/import' ? addressed() : undefined),
    (id) => {
      if (id !== undefined) show(id)
    },
    { immediate: true },
  )
  watch(
    currentId,
    (id) => {
      if (route.path !== '/import' || id === addressed()) return
      void router.replace({ path: '/import', query: id === undefined ? {} : { import: id }, hash: location.hash })
    },
    { immediate: true },
  )
  watch([known, currentId], () => {
    if (known.value === undefined || currentId.value === undefined || current.value !== undefined) return
    show(undefined)
    sayFault('The import of this address is not known any more.')
  })
}
