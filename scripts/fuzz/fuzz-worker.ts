import { parentPort, workerData } from 'node:worker_threads'
import { fuzz } from './target.ts'
import { FUZZ_GROUPS, type FuzzGroup } from './targets.ts'

/** What the watching thread sees of the one that reads: how many mutants it has begun, and the one that it reads. */
export interface WatchedFuzz {
  readonly group: FuzzGroup
  readonly target: number
  readonly mutants: number
  readonly seed: number
  /** Int32: number begun, length of the mutant. */
  readonly progress: SharedArrayBuffer
  readonly mutant: SharedArrayBuffer
}

const { group, target, mutants, seed, progress, mutant: shown } = workerData as WatchedFuzz
const [numbers, bytes] = [new Int32Array(progress), new Uint8Array(shown)]

const report = await fuzz(FUZZ_GROUPS[group]()[target], {
  mutants,
  seed,
  onMutant: (mutant, index) => {
    bytes.set(mutant.subarray(0, bytes.length))
    numbers[1] = mutant.length
    Atomics.store(numbers, 0, index + 1)
  },
})
// oxlint-disable-next-line require-post-message-target-origin -- a thread has no origin
parentPort!.postMessage(report)
