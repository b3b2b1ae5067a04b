import { readonly, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { fetchArchive } from './fetch-archive.ts'
import type { ArchiveSummary } from '../../api/archive-summary.ts'

/** The whole table, by the last answer of the viewer's service. */
export interface Archive {
  readonly summary: Readonly<ShallowRef<ArchiveSummary | undefined>>
  readonly isLoading: Readonly<Ref<boolean>>
  readonly fault: Readonly<Ref<string | undefined>>
  /** When `summary` was received, ms since the epoch. */
  readonly toldAt: Readonly<Ref<number | undefined>>
  /** Asks again; once more afterwards when it is called meanwhile. */
  refresh(): Promise<void>
}

/** Of the histogram, which is not shown here. */
const BINS = 2

const summary = shallowRef<ArchiveSummary>()
const isLoading = ref(false)
const fault = ref<string>()
const toldAt = ref<number>()
let isWantedAgain = false

const ask = async (): Promise<void> => {
  summary.value = await fetchArchive({ bins: BINS })
  toldAt.value = Date.now()
  fault.value = undefined
}

const refresh = async (): Promise<void> => {
  if (isLoading.value) {
    isWantedAgain = true
    return
  }
  isLoading.value = true
  try {
    do {
      isWantedAgain = false
      await ask()
    } while (isWantedAgain)
  } catch (error) {
    fault.value = error instanceof Error ? error.message : String(error)
  } finally {
    isLoading.value = false
  }
}

export const useArchive = (): Archive => ({
  summary,
  isLoading: readonly(isLoading),
  fault: readonly(fault),
  toldAt: readonly(toldAt),
  refresh,
})
