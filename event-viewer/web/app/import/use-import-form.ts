import { computed, reactive, watch, type ComputedRef } from 'vue'
import { formOf, type ImportForm, newImportForm, readImportForm, type ReadImportForm } from './import-form.ts'
import { useImports } from './use-imports.ts'

const form = reactive(newImportForm())
const read = computed(() => readImportForm(form))
let filledFor: string | undefined

export interface UsedImportForm {
  /** What was said of the files of the current import; it stays while the page is open. */
  readonly form: ImportForm
  readonly read: ComputedRef<ReadImportForm>
  fill(next: ImportForm): void
  /** What is wrong with a control, for people. */
  faultOf(name: string): string | undefined
}

const fill = (next: ImportForm): void => void Object.assign(form, next)

/** Call it in a component's setup. */
export const useImportForm = (): UsedImportForm => {
  const { current } = useImports()
  watch(
    current,
    (shown) => {
      if (shown === undefined || shown.id === filledFor) return
      filledFor = shown.id
      // As the service knows them, should the page have been loaded again.
      fill(formOf(shown.choices ?? {}))
    },
    { immediate: true },
  )
  return {
    form,
    read,
    fill,
    faultOf: (name) => (read.value.ok ? undefined : read.value.faults.find((each) => each.name === name)?.message),
  }
}
