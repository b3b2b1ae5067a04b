import { useDebounceFn } from '@vueuse/core'
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { ArchiveSummary } from '../../../api/archive-summary.ts'
import { fetchArchive } from '../../archive/fetch-archive.ts'
import type { Period } from '../../shell/period.ts'
import { within, zoomed } from './histogram-view.ts'

export interface Histogram {
  /** What of time is shown. */
  readonly view: Readonly<ShallowRef<Period>>
  /** Of the view, or of the last one until that has come. */
  readonly histogram: Readonly<ShallowRef<ArchiveSummary['histogram']>>
  readonly problem: Ref<string | undefined>
  show(period: Period): void
  /** @param factor of the span: below 1 is nearer @param at stays where it is; the middle when missing */
  zoom(factor: number, at?: number): void
  readonly canZoomIn: ComputedRef<boolean>
  readonly canZoomOut: ComputedRef<boolean>
}

const BINS = 120
const WAIT_MS = 120
const MIN_SPAN_MS = 60_000

/** Room beside the archive's ends, of its length, so that they are seen to be ends. */
const MARGIN = 0.025

/** Events of the archive in a period that is zoomed and moved. It follows the archive's end while it shows all of it. */
export const useHistogram = (archive: () => Period): Histogram => {
  const extent = (): Period => {
    const { from, to } = archive()
    const margin = (to - from) * MARGIN
    return { from: from - margin, to: to + margin }
  }
  const view = shallowRef(extent())
  const histogram = shallowRef<ArchiveSummary['histogram']>({ from: 0, binMs: 1, rows: [] })
  const problem = ref<string>()
  let asking: AbortController | undefined

  const ask = async (): Promise<void> => {
    asking?.abort()
    const mine = (asking = new AbortController())
    try {
      const summary = await fetchArchive({ period: view.value, bins: BINS, signal: mine.signal })
      histogram.value = summary.histogram
      problem.value = undefined
    } catch (error) {
      if (!mine.signal.aborted) problem.value = error instanceof Error ? error.message : String(error)
    }
  }
  const askSoon = useDebounceFn(ask, WAIT_MS)
  const show = (period: Period): void => {
    view.value = within(period, extent())
    void askSoon()
  }
  const isWhole = (of: Period): boolean => view.value.from <= of.from && view.value.to >= of.to
  watch(extent, (next, before) => {
    if (next.from === before.from && next.to === before.to) return
    show(isWhole(before) ? next : view.value)
  })
  void ask()
  return {
    view,
    histogram,
    problem,
    show,
    zoom: (factor, at = (view.value.from + view.value.to) / 2) => show(zoomed(view.value, { at, factor })),
    canZoomIn: computed(() => view.value.to - view.value.from > MIN_SPAN_MS),
    canZoomOut: computed(() => !isWhole(extent())),
  }
}
