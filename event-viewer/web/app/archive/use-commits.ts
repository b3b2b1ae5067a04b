import type { Message } from '@fleetlake/contracts'
import { shallowRef, type ShallowRef } from 'vue'
import { useHub } from '../hub/use-hub.ts'

export type Commit = Message<'aggregatePeriodStats'>

const MOST = 200

let heard: ShallowRef<readonly Commit[]> | undefined

/** The newest commits that were received since the first call, newest first. */
export const useCommits = (): Readonly<ShallowRef<readonly Commit[]>> => {
  if (heard !== undefined) return heard
  const commits = shallowRef<readonly Commit[]>([])
  heard = commits
  void useHub().thread.watchCommits((commit) => {
    commits.value = [commit, ...commits.value].slice(0, MOST)
  })
  return commits
}
