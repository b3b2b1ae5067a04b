import { shallowRef, type ShallowRef } from 'vue'
import type { HeardRun } from '../hub/generations/heard-runs.ts'
import { useHub } from '../hub/use-hub.ts'

let heard: ShallowRef<readonly HeardRun[]> | undefined

/** Runs that anyone has asked for, once a second since this was first asked for. */
export const useHeardRuns = (): Readonly<ShallowRef<readonly HeardRun[]>> => {
  if (heard !== undefined) return heard
  const runs = shallowRef<readonly HeardRun[]>([])
  heard = runs
  void useHub().thread.watchRuns((told) => {
    runs.value = told
  })
  return runs
}
