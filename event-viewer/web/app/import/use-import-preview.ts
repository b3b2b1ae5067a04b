import { computed, readonly, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { ImportPreview } from '../../api/imports.ts'
import { lookAtImport } from './import-requests.ts'
import { serviceSentence } from './import-words.ts'
import { useImportForm } from './use-import-form.ts'
import { useImports } from './use-imports.ts'

export interface UsedImportPreview {
  /** The newest answer; that of an earlier question while the newest is awaited. */
  readonly preview: Readonly<ShallowRef<ImportPreview | undefined>>
  /** Why there was no answer, for people. */
  readonly fault: Readonly<Ref<string | undefined>>
  readonly isAsking: Readonly<Ref<boolean>>
  /** The answer is of what the form says now, and nothing must be said before the import can start. */
  readonly isReady: ComputedRef<boolean>
}

/** What is typed is asked for once this has passed without another key. */
const PATIENCE_MS = 400

const preview = shallowRef<ImportPreview>()
const fault = ref<string>()
const isAsking = ref(false)
/** What the newest answer is of. */
const answered = ref<string>()
let shownId: string | undefined

/** Looks at the files of the current import whenever they or the form have changed; the newest question's answer counts. Call it in one component's setup. */
export const useImportPreview = (): UsedImportPreview => {
  const { current, uploads } = useImports()
  const { read } = useImportForm()
  /** Undefined while there is nothing to look at. */
  const question = computed(() => {
    const shown = current.value
    const isWhole =
      shown !== undefined && shown.files.length > 0 && uploads.value.every(({ state }) => state === 'failed')
    if (shown?.phase !== 'open' || !isWhole || !read.value.ok) return undefined
    return { id: shown.id, files: shown.files.map(({ name }) => name), choices: read.value.choices }
  })
  const key = computed(() => (question.value === undefined ? undefined : JSON.stringify(question.value)))

  const ask = async (asked: string, signal: AbortSignal): Promise<void> => {
    const { id, choices } = question.value!
    try {
      const answer = await lookAtImport(id, choices, signal)
      if (signal.aborted) return
      preview.value = answer
      fault.value = undefined
    } catch (error) {
      if (signal.aborted) return
      fault.value = serviceSentence(error instanceof Error ? error.message : String(error), current.value?.files ?? [])
    }
    answered.value = asked
    isAsking.value = false
  }
  watch(
    key,
    (asked, _, onCleanup) => {
      const id = current.value?.id
      const isOther = id !== shownId
      shownId = id
      if (isOther) {
        preview.value = undefined
        fault.value = undefined
        answered.value = undefined
      }
      isAsking.value = asked !== undefined && asked !== answered.value
      if (asked === undefined || asked === answered.value) return
      const aborter = new AbortController()
      const timer = setTimeout(() => void ask(asked, aborter.signal), isOther ? 0 : PATIENCE_MS)
      onCleanup(() => {
        clearTimeout(timer)
        aborter.abort()
      })
    },
    { immediate: true },
  )
  const isReady = computed(
    () =>
      key.value !== undefined &&
      key.value === answered.value &&
      fault.value === undefined &&
      preview.value?.mapping !== undefined &&
      preview.value.question === undefined,
  )
  return { preview, fault: readonly(fault), isAsking: readonly(isAsking), isReady }
}
