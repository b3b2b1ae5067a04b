/**
 * `node measure-process.ts <folder> <seed>`: opens the table of a folder in this fresh process, refreshes it after commits, plans small searches,
 * and prints what that took as JSON. The folder is as it was afterwards.
 */
import { createFileStore, openTable, prune } from '@fleetlake/archive'
import { areaOf, cellBounds, createRandomStreams, dateOf, parseCell, seedOf } from '@fleetlake/core'
import { formatCommit } from '../../../shared/archive/src/log/actions.ts'
import { chunkPath, commitPath } from '../../../shared/archive/src/paths.ts'
import { median } from './median.ts'

const DAY_MS = 86_400_000
const HALF_HOUR_MS = 1_800_000
const WINDOW_MS = 600_000
const COMMITS = 9
const SEARCHES = 25

/** What one process measured. */
export interface ProcessFigures {
  readonly files: number
  /** Since the process began, with Node and all imports. */
  readonly startMs: number
  readonly coldMs: number
  /** Of the processor, all threads. */
  readonly coldCpuMs: number
  readonly refreshMs: number
  /** Of a refresh that reads a commit to a date of the checkpoint for the first time. */
  readonly firstRefreshMs: number
  /** Of searches in dates that have not been asked for yet. */
  readonly planMs: number
  readonly firstPlanMs: number
  readonly slowestPlanMs: number
  /** Of the same searches again. */
  readonly planAgainMs: number
  /** After all of that. */
  readonly rssMb: number
  /** Then reading what the table says of every file. */
  readonly allFilesMs: number
  readonly allFilesRssMb: number
}

const took = async (run: () => unknown): Promise<number> => {
  const start = performance.now()
  await run()
  return performance.now() - start
}
const rssMb = (): number => process.memoryUsage.rss() / 1e6

const [folder, seed] = process.argv.slice(2)
const store = createFileStore(folder)
const [opening, cpu] = [performance.now(), process.cpuUsage()]
const table = await openTable(store)
const coldMs = performance.now() - opening
const startMs = performance.now()
const { user, system } = process.cpuUsage(cpu)

const { totals, version, dates } = table.snapshot
const cells = [...[...dates.values()].at(-1)!.cells.keys()]
const newest = Math.max(...dates.values().map(({ period }) => period.from))
const oldest = Math.min(...dates.values().map(({ period }) => period.from))
const random = createRandomStreams(Uint32Array.of(seedOf(Number(seed), 1)))
const pick = <T>(items: readonly T[]): T => items[Math.floor(random.next(0) * items.length)]

const refreshes: number[] = []
for (let i = 1; i <= COMMITS; i++) {
  const adds = cells.map((cell) => {
    const place = { date: dateOf(newest), cell }
    const id = `${i}${cell}`
    const path = chunkPath({ ...place, windowStart: newest + i * WINDOW_MS, id, extension: '.parquet' })
    return { add: { path, partitionValues: place, size: 1, modificationTime: newest, dataChange: true } }
  })
  await store.putIfAbsent(commitPath(version + i), formatCommit(adds))
  refreshes.push(await took(() => table.refresh()))
}
for (let i = 1; i <= COMMITS; i++) await store.delete(commitPath(version + i))

/** 1 km² in the middle of a cell, 30 minutes. */
const searches = Array.from({ length: SEARCHES }, () => {
  const { west, south, east, north } = cellBounds(parseCell(pick(cells)), cells[0].length)
  const [x, y] = [(west + east) / 2, (south + north) / 2]
  const [dx, dy] = [0.0055, 0.0045]
  const ring = [[x - dx, y - dy], [x + dx, y - dy], [x + dx, y + dy], [x - dx, y + dy], [x - dx, y - dy]] // prettier-ignore
  const day = oldest + Math.floor((random.next(0) * (newest - oldest)) / DAY_MS) * DAY_MS
  const from = day + Math.floor(random.next(0) * (DAY_MS - HALF_HOUR_MS))
  return { polygon: { type: 'Polygon', coordinates: [ring] }, period: { from, to: from + HALF_HOUR_MS } }
})
let kept = 0
const plan = ({ polygon, period }: (typeof searches)[number]): void => {
  kept += prune(table.snapshot, { area: areaOf(polygon), period }).kept.length
}
const plans: number[] = []
for (const search of searches) plans.push(await took(() => plan(search)))
const again: number[] = []
for (const search of searches) again.push(await took(() => plan(search)))
if (kept === 0) throw new Error('no search found a file')
const rss = rssMb()
let files = 0
const allFilesMs = await took(() => {
  for (const chunk of table.snapshot.files()) files += Number(chunk.bytes > 0)
})

const figures: ProcessFigures = {
  files: totals.files,
  startMs,
  coldMs,
  coldCpuMs: (user + system) / 1_000,
  refreshMs: median(refreshes),
  firstRefreshMs: refreshes[0],
  planMs: median(plans),
  firstPlanMs: plans[0],
  slowestPlanMs: Math.max(...plans),
  planAgainMs: median(again),
  rssMb: rss,
  allFilesMs,
  allFilesRssMb: rssMb(),
}
console.log(JSON.stringify(figures))
