import { computed, type ComputedRef, watch } from 'vue'
import { useArchive } from '../archive/use-archive.ts'
import type { LiveMeasure } from '../hub/live/live-frame.ts'
import { needsTable, toldMeasures } from './told-measures.ts'

/** The table is asked again for columns that it did not have, at most this often. */
const AGAIN_MS = 60_000
let askedAt = -Infinity

/** What is live of a vehicle, with the units and descriptions of the table's columns. */
export const useToldMeasures = (measures: () => readonly LiveMeasure[]): ComputedRef<readonly LiveMeasure[]> => {
  const { summary, refresh } = useArchive()
  const columns = computed(() => summary.value?.measures ?? [])
  watch(
    measures,
    (said) => {
      if (!needsTable(said, columns.value) || performance.now() - askedAt < AGAIN_MS) return
      askedAt = performance.now()
      void refresh()
    },
    { immediate: true },
  )
  return computed(() => toldMeasures(measures(), columns.value))
}
