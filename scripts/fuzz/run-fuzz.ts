import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { readOptions, wholeNumber } from '../read-options.ts'
import type { WatchedFuzz } from './fuzz-worker.ts'
import type { FuzzReport } from './target.ts'
import { FUZZ_GROUPS, type FuzzGroup } from './targets.ts'

/** A mutant that takes this long to read counts as a hang: the slowest takes milliseconds. */
const HANG_MS = 10_000
const LOOK_MS = 250
const MOST_BYTES = 256 * 1024

interface Watched {
  readonly report: FuzzReport | undefined
  /** The mutant that was being read when nothing came on any more. */
  readonly hang: Uint8Array | undefined
  readonly error: string | undefined
}

const watch = (data: Omit<WatchedFuzz, 'progress' | 'mutant'>): Promise<Watched> =>
  new Promise((resolve) => {
    const [progress, mutant] = [new SharedArrayBuffer(8), new SharedArrayBuffer(MOST_BYTES)]
    const numbers = new Int32Array(progress)
    const worker = new Worker(new URL('fuzz-worker.ts', import.meta.url), {
      workerData: { ...data, progress, mutant } satisfies WatchedFuzz,
    })
    let [begun, since] = [0, performance.now()]
    const end = (watched: Partial<Watched>): void => {
      clearInterval(looking)
      void worker.terminate()
      resolve({ report: undefined, hang: undefined, error: undefined, ...watched })
    }
    const looking = setInterval(() => {
      const now = Atomics.load(numbers, 0)
      if (now !== begun) [begun, since] = [now, performance.now()]
      else if (begun > 0 && performance.now() - since > HANG_MS) {
        end({ hang: new Uint8Array(mutant).slice(0, numbers[1]) })
      }
    }, LOOK_MS)
    worker.once('message', (report: FuzzReport) => end({ report }))
    worker.once('error', (error) => end({ error: String(error) }))
  })

/**
 * Fuzzes a group of targets, each in a thread that is watched; prints a line for each, keeps what hangs or crashes in a folder, and
 * ends with exit code 1 if anything did.
 */
export const runFuzz = async (group: FuzzGroup, args: readonly string[]): Promise<void> => {
  const options = readOptions(`node scripts/fuzz/${group}.ts`, args, {
    mutants: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    out: { type: 'string', default: 'fuzz-findings' },
  })
  const [mutants, seed] = [wholeNumber('mutants', options.mutants, 1), wholeNumber('seed', options.seed, 0)]
  let [all, faults, peakBytes] = [0, 0, 0]
  const keep = (name: string, bytes: Uint8Array): string => {
    mkdirSync(options.out, { recursive: true })
    const file = join(options.out, name.replaceAll(/[^\w-]+/g, '-'))
    writeFileSync(file, bytes)
    return file
  }
  const sampling = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
  }, 100)
  const startedAt = performance.now()
  for (const [target, { name }] of FUZZ_GROUPS[group]().entries()) {
    if (options.only !== undefined && !name.includes(options.only)) continue
    const beganAt = performance.now()
    const { report, hang, error } = await watch({ group, target, mutants, seed })
    const seconds = ((performance.now() - beganAt) / 1000).toFixed(0)
    if (report === undefined) {
      faults++
      const what = hang === undefined ? `ended: ${error}` : `HANG: ${keep(`hang-${group}-${name}-${seed}`, hang)}`
      console.log(`${name.padEnd(42)} ${what}`)
      continue
    }
    all += report.mutants
    faults += report.crashes.length
    console.log(
      `${name.padEnd(42)} ${String(report.mutants).padStart(9)} mutants ${seconds.padStart(5)} s  ${report.accepted} read as good, ` +
        `${report.outcomes} outcomes, ${report.crashes.length} crashes`,
    )
    for (const crash of report.crashes) {
      console.log(
        `  ${keep(`crash-${group}-${name}-${seed}-${crash.index}`, crash.mutant)}: ${crash.error.slice(0, 600)}`,
      )
    }
  }
  clearInterval(sampling)
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1)
  console.log(
    `${all} mutants in ${minutes} min, ${faults} hangs and crashes, peak memory ${(peakBytes / 2 ** 20).toFixed(0)} MiB`,
  )
  process.exitCode = faults === 0 ? 0 : 1
}
