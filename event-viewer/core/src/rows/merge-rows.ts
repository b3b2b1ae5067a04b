import { isSameVehicle, IDENTITY_KEYS, type Positions, VALUE_KEYS } from '@fleetlake/columnar'
import { compareMeasures, type ComparedMeasures, comparedMeasures } from './answer-measures.ts'
import { compareNumbers, compareTexts } from './compare.ts'
import { createRowGatherer } from './gather-rows.ts'
import { vehicleIdAt } from './vehicle-ids.ts'

const OTHER_KEYS = VALUE_KEYS.filter((key) => !(IDENTITY_KEYS as readonly string[]).includes(key))

/** The next row of a source. */
interface Cursor {
  readonly batches: AsyncIterator<Positions>
  batch: Positions
  /** Of the batch. */
  measures: ComparedMeasures
  row: number
  id: string
}

/**
 * Merges sources that are sorted as `createRowCollector` sorts into one: by vehicle, time, and all that could tell two rows apart. Holds one batch
 * of each source.
 */
export async function* mergeRows(
  sources: readonly AsyncIterable<Positions>[],
  { batchRows }: { readonly batchRows: number },
): AsyncGenerator<Positions> {
  const gatherer = createRowGatherer({ blockRows: batchRows })
  const heap: Cursor[] = []
  const iterators = sources.map((source) => source[Symbol.asyncIterator]())
  try {
    for (const batches of iterators) {
      const batch = await nextBatch(batches)
      if (batch !== undefined) heap.push({ batches, ...firstRow(batch) })
    }
    for (let at = (heap.length >> 1) - 1; at >= 0; at--) siftDown(heap, at)
    while (heap.length > 0) {
      const from = heap[0].row
      passBefore(heap[0], rivalOf(heap))
      yield* gatherer.add(heap[0].batch, from, heap[0].row)
      if (!(await hasRow(heap[0]))) {
        const last = heap.pop()!
        if (heap.length > 0) heap[0] = last
      }
      siftDown(heap, 0)
    }
    const rest = gatherer.rest()
    if (rest !== undefined) yield rest
  } finally {
    for (const batches of iterators) await batches.return?.()
  }
}

const firstRow = (batch: Positions): Omit<Cursor, 'batches'> => ({
  batch,
  measures: comparedMeasures(batch.measures),
  row: 0,
  id: vehicleIdAt(batch, 0),
})

const nextBatch = async (batches: AsyncIterator<Positions>): Promise<Positions | undefined> => {
  for (;;) {
    const { done, value } = await batches.next()
    if (done === true) return undefined
    if (value.length > 0) return value
  }
}

/** Moves a cursor on for as long as its rows come before a rival's, one row at least. */
const passBefore = (cursor: Cursor, rival: Cursor | undefined): void => {
  do {
    cursor.row++
    if (cursor.row === cursor.batch.length) return
    if (!isSameVehicle(cursor.batch, cursor.row)) cursor.id = vehicleIdAt(cursor.batch, cursor.row)
  } while (rival === undefined || compare(cursor, rival) <= 0)
}

/** Loads the next batch when this one is passed. */
const hasRow = async (cursor: Cursor): Promise<boolean> => {
  if (cursor.row < cursor.batch.length) return true
  const batch = await nextBatch(cursor.batches)
  if (batch === undefined) return false
  Object.assign(cursor, firstRow(batch))
  return true
}

/** As `createRowCollector` sorts. */
const compare = (a: Cursor, b: Cursor): number => {
  const byId = compareTexts(a.id, b.id)
  if (byId !== 0) return byId
  const [left, right] = [a.batch, b.batch]
  for (const key of IDENTITY_KEYS) {
    const difference = compareNumbers(left[key][a.row], right[key][b.row])
    if (difference !== 0) return difference
  }
  const bySaid = compareMeasures(a.measures.said, a.row, b.measures.said, b.row)
  if (bySaid !== 0) return bySaid
  for (const key of OTHER_KEYS) {
    const difference = compareNumbers(left[key][a.row], right[key][b.row])
    if (difference !== 0) return difference
  }
  const byType = compareTexts(left.vehicleTypes[left.vehicleType[a.row]], right.vehicleTypes[right.vehicleType[b.row]])
  if (byType !== 0) return byType
  return compareMeasures(a.measures.revision, a.row, b.measures.revision, b.row)
}

/** Who comes next after the first. */
const rivalOf = (heap: readonly Cursor[]): Cursor | undefined =>
  heap.length > 2 && compare(heap[2], heap[1]) < 0 ? heap[2] : heap[1]

const siftDown = (heap: Cursor[], from: number): void => {
  let at = from
  for (;;) {
    const left = 2 * at + 1
    let least = at
    if (left < heap.length && compare(heap[left], heap[least]) < 0) least = left
    if (left + 1 < heap.length && compare(heap[left + 1], heap[least]) < 0) least = left + 1
    if (least === at) return
    ;[heap[at], heap[least]] = [heap[least], heap[at]]
    at = least
  }
}
