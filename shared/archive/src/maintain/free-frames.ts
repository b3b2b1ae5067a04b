import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = () => void

let collect: Collect | undefined

/**
 * Has the memory of frames that are not referenced any more given back. What polars holds is not seen by JavaScript's collector, which is in no
 * hurry for a few small wrappers: dozens of frames would wait for it.
 */
export const freeFrames = async (): Promise<void> => {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as Collect
  }
  collect()
  // They are given back a turn later.
  await turn()
}
