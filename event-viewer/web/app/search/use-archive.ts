import { useDocumentVisibility, useIntervalFn } from '@vueuse/core'
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { ArchiveSummary } from '../archive/archive-summary.ts'
import { fetchArchive } from './fetch-archive.ts'

export interface Archive {
  /** Undefined until the archive has been asked for the first time. */
  readonly summary: ShallowRef<ArchiveSummary | undefined>
  /** Why it could not be asked, for people. */
  readonly problem: Ref<string | undefined>
  refresh(): Promise<void>
}

const EVERY_MS = 15_000

const summary = shallowRef<ArchiveSummary>()
const problem = ref<string>()

const refresh = async (): Promise<void> => {
  try {
    summary.value = await fetchArchive({ bins: 2 })
    problem.value = undefined
  } catch (error) {
    problem.value = error instanceof Error ? error.message : String(error)
  }
}

/** How far the archive reaches, asked for again now and then while the component that uses it is seen. */
export const useArchive = (): Archive => {
  const visibility = useDocumentVisibility()
  useIntervalFn(() => visibility.value === 'visible' && void refresh(), EVERY_MS, { immediateCallback: true })
  return { summary, problem, refresh }
}
