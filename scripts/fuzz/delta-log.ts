import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { createGenerator } from './file-mutants.ts'
import { openTable } from '@fleetlake/archive'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { AddFile } from '../../shared/archive/src/log/actions.ts'
import { createMemoryStore } from '../../shared/archive/src/store/memory-store.ts'
import type { Snapshot } from '../../shared/archive/src/snapshot.ts'

/**
 * Mutants of a table's log: commits, `_last_checkpoint`, checkpoints with their checksum, and without it as another writer's. What is read must be
 * right or refused; a thread that hangs or runs out of memory is what the product ends after a deadline, and is counted.
 *
 *     node scripts/fuzz/delta-log.ts [seconds of each kind, 20 by default] [seed]
 */

const seconds = Number(process.argv[2] ?? 20)
const seed = Number(process.argv[3] ?? 1)
const { mutate, below } = createGenerator(seed)
const NOW_MS = Date.UTC(2026, 10, 21, 10)
const OPTIONS = { now: () => NOW_MS, settleMs: 0 }
/** The product waits for 120 s; what is not done after this has hung. */
const HANG_MS = 10_000

const nameOf = (version: number, suffix: string): string => `_delta_log/${String(version).padStart(20, '0')}${suffix}`

const fileOf = (version: number): AddFile => ({
  path: `date=2026-11-0${1 + (version % 9)}/cell=69y7p/20261121T100000Z-${version}.parquet`,
  partitionValues: { date: `2026-11-0${1 + (version % 9)}`, cell: '69y7p' },
  size: 10 + version,
  modificationTime: NOW_MS,
  stats: JSON.stringify({ numRecords: version, minValues: { vehicle_id: `v-${version}` } }),
})

const makeLog = async (): Promise<Map<string, Uint8Array>> => {
  const store = createMemoryStore()
  const create = { geohashLength: 5, windowMs: 600_000 }
  const table = await openTable(store, { ...OPTIONS, create, checkpointEvery: 10 })
  for (let version = 1; version < 25; version++) {
    const remove = version % 7 === 0 ? [[...table.snapshot.files()][0].path] : []
    const offset = { appId: 'P', from: version - 1, to: version }
    await table.commit({ parts: [{ add: [fileOf(version)], offset }], remove, operation: 'WRITE' })
  }
  await table.close()
  const log = new Map<string, Uint8Array>()
  for await (const { path } of store.list('')) log.set(path, (await store.get(path))!)
  return log
}

const contentOf = (snapshot: Snapshot): string =>
  JSON.stringify([
    snapshot.version,
    [...snapshot.files()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    [...snapshot.txns],
  ])

const log = await makeLog()

const openWith = async (path: string, bytes: Uint8Array | undefined): Promise<Snapshot> => {
  const store = createMemoryStore()
  for (const [name, each] of log) await store.put(name, each)
  if (bytes !== undefined) await store.put(path, bytes)
  return (await openTable(store, OPTIONS)).snapshot
}

const whole = contentOf(await openWith('', undefined))

interface Count {
  kind: string
  mutants: number
  right: number
  refused: number
  wrong: number
  hangs: number
  /** Not done after the time that a hang is taken for, and done later: a busy machine. */
  slow: number
  seconds: number
}

const report = (count: Count): void => console.log(JSON.stringify({ ...count, seed }))

/** Mutants of files of these names, read as a table is. */
const fuzzTable = async (kind: string, paths: readonly string[]): Promise<Count> => {
  const count: Count = { kind, mutants: 0, right: 0, refused: 0, wrong: 0, hangs: 0, slow: 0, seconds: 0 }
  const began = performance.now()
  while (performance.now() - began < seconds * 1_000) {
    const path = paths[below(paths.length)]
    const bytes = mutate(log.get(path)!)
    count.mutants++
    const started = performance.now()
    try {
      if (contentOf(await openWith(path, bytes)) === whole) count.right++
      else {
        count.wrong++
        console.error(`wrong: ${path} ${Buffer.from(bytes).toString('base64')}`)
      }
    } catch (error) {
      if (!(error instanceof FleetError && /^(?:table|cell)\./.test(error.code))) {
        count.wrong++
        console.error(`not a refusal: ${path} ${reasonOf(error)} ${Buffer.from(bytes).toString('base64')}`)
      } else count.refused++
    }
    if (performance.now() - started > HANG_MS) count.slow++
  }
  count.seconds = (performance.now() - began) / 1_000
  return count
}

/** Without its checksum it is any writer's, and read in a thread. */
const unsealed = (bytes: Uint8Array): Uint8Array => {
  const copy = Buffer.from(bytes)
  copy.write('another.checksum ', copy.lastIndexOf('fleetlake.checksum'), 'latin1')
  return copy
}

/** Many mutants in one thread; one that hangs or dies is replaced, as the product gives up the thread that it has for each. */
const fuzzForeign = async (): Promise<Count & { peakMb: number }> => {
  const count = {
    kind: 'foreign checkpoint',
    mutants: 0,
    right: 0,
    refused: 0,
    wrong: 0,
    hangs: 0,
    slow: 0,
    seconds: 0,
    peakMb: 0,
  }
  const original = unsealed(log.get(nameOf(20, '.checkpoint.parquet'))!)
  const start = async (): Promise<Worker> => {
    const started = new Worker(new URL('read-mutants.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 2_048 },
    })
    await once(started, 'message')
    return started
  }
  const ask = async (worker: Worker, bytes: Uint8Array): Promise<'read' | 'refused' | 'hung' | 'died'> => {
    const answered = Promise.withResolvers<'read' | 'refused' | 'hung' | 'died'>()
    const timer = setTimeout(() => answered.resolve('hung'), HANG_MS)
    const died = (): void => answered.resolve('died')
    worker.on('message', answered.resolve)
    worker.on('error', died)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
    worker.postMessage(bytes)
    const answer = await answered.promise
    clearTimeout(timer)
    worker.off('message', answered.resolve)
    worker.off('error', died)
    return answer
  }
  let worker = await start()
  const began = performance.now()
  while (performance.now() - began < seconds * 1_000) {
    const bytes = mutate(original)
    const answer = await ask(worker, bytes)
    count.mutants++
    count.peakMb = Math.max(count.peakMb, Math.round(process.memoryUsage.rss() / 1e6))
    if (answer === 'read') count.right++
    else if (answer === 'refused') count.refused++
    else {
      count.hangs++
      console.error(`${answer}: ${Buffer.from(bytes).toString('base64').slice(0, 200)}…`)
      await worker.terminate()
      worker = await start()
    }
  }
  await worker.terminate()
  count.seconds = (performance.now() - began) / 1_000
  return count
}

const commits = Array.from({ length: 4 }, (_, i) => nameOf(21 + i, '.json'))
report(await fuzzTable('commit', commits))
report(await fuzzTable('_last_checkpoint', ['_delta_log/_last_checkpoint']))
report(await fuzzTable('checkpoint', [nameOf(10, '.checkpoint.parquet'), nameOf(20, '.checkpoint.parquet')]))
report(await fuzzForeign())
