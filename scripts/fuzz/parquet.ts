/**
 * Feeds the reader of Parquet files with bytes changed: `node scripts/fuzz/parquet.ts [--mutants n] [--seed s]`. Files are ours, and those of
 * other engines in every form. Ends with 1 when a mutant takes longer than a minute, more memory than a page may, or is a file of ours that reads
 * as other rows than it held. A mutant is found again by its form, its number and the seed.
 */
import { once } from 'node:events'
import { parseArgs, isDeepStrictEqual } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type Arena, createArena } from '@fleetlake/columnar/parquet'
import { findByIndex, FORMS, mutantsOf, OUR_IDS, ourFile, ourFoundFile, unpackAll } from '@fleetlake/columnar/testing'

interface Counts {
  readonly form: string
  readonly bytes: number
  mutants: number
  /** Refused with a reason. */
  noticed: number
  /** The same rows as before. */
  same: number
  /** Other rows than before. */
  other: number
  slowestMs: number
}

interface Share {
  readonly form: number
  readonly mutants: number
  readonly seed: number
  /** The number of the mutant that is read. */
  readonly at: SharedArrayBuffer
}

const HANG_MS = 60_000
const MOST_MEMORY = 2 * 1024 * 1024 * 1024
interface Fuzzed {
  readonly name: string
  readonly isOurs: boolean
  readonly write: () => Promise<Uint8Array>
  readonly read: (bytes: Uint8Array, arena: Arena) => unknown
}

const files: readonly Fuzzed[] = [
  { name: 'ours', isOurs: true, write: async () => ourFile(), read: unpackAll },
  {
    name: 'ours, searched for vehicles',
    isOurs: true,
    write: async () => ourFoundFile(),
    read: (bytes, arena) => findByIndex(bytes, OUR_IDS, arena).rows,
  },
  ...FORMS.map(({ name, write }) => ({ name, isOurs: false, write, read: unpackAll })),
]

const fuzz = async ({ form, mutants, seed, at }: Share): Promise<Counts> => {
  const { name, write, read } = files[form]
  const good = await write()
  const [arena, now] = [createArena(), new Int32Array(at)]
  const expected = read(good, arena)
  const counts: Counts = {
    form: name,
    bytes: good.length,
    mutants: 0,
    noticed: 0,
    same: 0,
    other: 0,
    slowestMs: 0,
  }
  for (const bytes of mutantsOf(good, mutants, seed)) {
    Atomics.store(now, 0, counts.mutants++)
    const start = performance.now()
    try {
      counts[isDeepStrictEqual(read(bytes, arena), expected) ? 'same' : 'other']++
    } catch {
      counts.noticed++
    }
    counts.slowestMs = Math.max(counts.slowestMs, performance.now() - start)
  }
  return counts
}

/** Runs a share in a thread of its own, which may hang. */
const runShare = async (share: Share): Promise<Counts | string> => {
  const worker = new Worker(new URL(import.meta.url), { workerData: share })
  const now = new Int32Array(share.at)
  let [last, since] = [-1, performance.now()]
  const hung = Promise.withResolvers<string>()
  const watch = setInterval(() => {
    const at = Atomics.load(now, 0)
    if (at !== last) [last, since] = [at, performance.now()]
    if (performance.now() - since > HANG_MS) hung.resolve(`mutant ${at} hangs`)
    if (process.memoryUsage.rss() > MOST_MEMORY) hung.resolve(`mutant ${at} takes ${process.memoryUsage.rss()} bytes`)
  }, 100)
  try {
    return await Promise.race([
      once(worker, 'message').then(([counts]) => counts as Counts),
      once(worker, 'exit').then(() => `mutant ${Atomics.load(now, 0)} ends the thread`),
      hung.promise,
    ])
  } finally {
    clearInterval(watch)
    await worker.terminate()
  }
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { mutants: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
  })
  const began = performance.now()
  const ours = files.filter(({ isOurs }) => isOurs).length
  const [ofOurs, ofOthers] = [ours, files.length - ours].map((count) => Math.ceil(Number(values.mutants) / 2 / count))
  let [total, noticed, other, slowestMs, peak] = [0, 0, 0, 0, 0]
  for (const [form, { name, isOurs }] of files.entries()) {
    const share = {
      form,
      mutants: isOurs ? ofOurs : ofOthers,
      seed: Number(values.seed),
    }
    const found = await runShare({ ...share, at: new SharedArrayBuffer(4) })
    peak = Math.max(peak, process.memoryUsage.rss())
    if (typeof found === 'string') {
      console.error(`${name}, seed ${values.seed}: ${found}`)
      process.exitCode = 1
      continue
    }
    console.log(JSON.stringify(found))
    if (isOurs && found.other > 0) {
      console.error(`${found.other} mutants of ours read as other rows`)
      process.exitCode = 1
    }
    total += found.mutants
    noticed += found.noticed
    other += found.other
    slowestMs = Math.max(slowestMs, found.slowestMs)
  }
  const seconds = Math.round((performance.now() - began) / 1000)
  console.log(
    `${total} mutants in ${seconds} s: ${noticed} noticed, ${other} of others read as other rows, the slowest ${slowestMs.toFixed(0)} ms, ${Math.round(peak / 1024 / 1024)} MB`,
  )
}

if (isMainThread) await main()
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
else parentPort?.postMessage(await fuzz(workerData as Share))
