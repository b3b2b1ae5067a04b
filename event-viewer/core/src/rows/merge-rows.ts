import { type Positions, VALUE_KEYS } from '@fleetlake/columnar'
import { compareNumbers, compareTexts } from './compare.ts'
import { createRowGatherer } from './gather-rows.ts'
import { isSameVehicle, vehicleIdAt } from './vehicle-ids.ts'

/** The next row of a source. */
interface Cursor {
  readonly batches: AsyncIterator<Positions>
  batch: Positions
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
      if (batch !== undefined) heap.push({ batches, batch, row: 0, id: vehicleIdAt(batch, 0) })
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
  cursor.batch = batch
  cursor.row = 0
  cursor.id = vehicleIdAt(batch, 0)
  return true
}

const compare = (a: Cursor, b: Cursor): number => {
  const byId = compareTexts(a.id, b.id)
  if (byId !== 0) return byId
  const [left, right] = [a.batch, b.batch]
  for (const key of VALUE_KEYS) {
    const difference = compareNumbers(left[key][a.row], right[key][b.row])
    if (difference !== 0) return difference
  }
  return compareTexts(left.vehicleTypes[left.vehicleType[a.row]], right.vehicleTypes[right.vehicleType[b.row]])
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
