import type { Message } from '@fleetlake/contracts'
import type { QueryStats } from '../../core/query-course.ts'
import type { Stage } from './stage.ts'

/** A file: its rows that match, and whether it can be read. */
interface WorldFile {
  readonly path: string
  readonly rows: readonly string[]
  readonly isBad: 'no' | 'now-and-then' | 'always'
}

export interface WorldTask {
  readonly files: readonly WorldFile[]
  readonly isHot: boolean
}

/** Something that has to be given back. */
interface Held {
  taken: number
  returned: number
}

/** A query, and what can be known of it from outside. */
export interface WorldQuery {
  readonly id: string
  readonly client: string
  readonly input: Pick<Message<'vehicleQuery'>, 'query' | 'mode' | 'limit' | 'timeoutMs' | 'ttlMs'>
  readonly tasks: readonly WorldTask[]
  readonly arrivedMs: number
  /** The intake did not take it on. */
  isRefused: boolean
  readonly answers: { readonly stats: QueryStats; readonly atMs: number }[]
  /** What the coordinator met before it answered: the answer can't be complete. */
  readonly troubles: Set<'cancelled' | 'refused' | 'failed'>
  waitedMs: number
  readonly places: Held
  readonly tails: Held
  closes: number
  /** An agent has found the client gone, or has heard that it wants no more; the coordinator may not have. */
  isFoundGone: boolean
  /** A scan of it broke off. */
  isBroken: boolean
  /** Its agents were told to stop. */
  isStopped: boolean
  /** What came to the client, the first of each batch. */
  readonly received: Map<string, readonly string[]>
  lastProgress: number
}

const drawFile = ({ may, below, oneIn, pick }: Stage, path: string): WorldFile => ({
  path,
  rows: Array.from({ length: below(pick([6, 6, 12, 40, 120])) }, (_, i) => `${path} ${i}`),
  isBad: may.fail && oneIn(8) ? pick(['now-and-then', 'now-and-then', 'always']) : 'no',
})

const drawTasks = (stage: Stage, id: string): WorldTask[] => {
  const { below, oneIn } = stage
  const tasks = Array.from({ length: below(7) }, (_, task) => ({
    files: Array.from({ length: 1 + below(3) }, (__, i) => drawFile(stage, `${id}/${task}/${i}`)),
    isHot: false,
  }))
  return oneIn(3) ? [{ files: [drawFile(stage, `${id}/hot/0`)], isHot: true }, ...tasks] : tasks
}

export const drawQuery = (stage: Stage, id: string): WorldQuery => {
  const { below, oneIn, pick } = stage
  return {
    id,
    client: pick(['a', 'b', 'c']),
    input: {
      query: id,
      mode: oneIn(4) ? 'serialised' : 'parallel',
      limit: oneIn(3) ? 1 + below(40) : undefined,
      timeoutMs: pick([100, 2_000, 20_000, 60_000]),
      ttlMs: pick([50, 1_000, 10_000]),
    },
    tasks: drawTasks(stage, id),
    arrivedMs: stage.now(),
    isRefused: false,
    answers: [],
    troubles: new Set(),
    waitedMs: 0,
    places: { taken: 0, returned: 0 },
    tails: { taken: 0, returned: 0 },
    closes: 0,
    isFoundGone: false,
    isBroken: false,
    isStopped: false,
    received: new Map(),
    lastProgress: 0,
  }
}

/** Takes a batch in for its client. @returns after how long the client says so; undefined when it never does */
export const receive = (
  { may, now, below, note, violate }: Stage,
  { id, tasks, received, arrivedMs }: WorldQuery,
  key: string,
  rows: readonly string[],
): number | undefined => {
  const known = received.get(key)
  const isCertain = tasks.every(({ files }) => files.every(({ isBad }) => isBad !== 'now-and-then'))
  if (known === undefined) received.set(key, rows)
  else if (isCertain && known.join() !== rows.join()) violate(`${id}: batch ${key} came with other rows`)
  if (!may.leave || now() <= arrivedMs + 3_000) return may.beSlow ? below(1_500) : below(20)
  note('client takes nothing')
  return undefined
}
