import { type Batch, sliceBatch } from '../table/batch.ts'
import type { ProjectionKind } from '../table/projection-kind.ts'
import { compareKeys } from '../table/sort-batch.ts'

/** What was read of a stream and not merged yet. */
interface Head {
  readonly stream: AsyncIterator<Batch>
  batch: Batch
}

const nextOf = async (stream: AsyncIterator<Batch>): Promise<Batch | undefined> => {
  for (;;) {
    const { done, value } = await stream.next()
    if (done === true) return undefined
    if (value.length > 0) return value
  }
}

/** How many rows of a batch are not beyond a row of another. */
const countUpTo = (batch: Batch, limit: Batch, keys: number): number => {
  let [low, high] = [0, batch.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareKeys(batch, middle, limit, limit.length - 1, keys) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Merges streams of rows, each in the order of the key. Invariant: what comes out is in that order too, each key once, and one batch of each stream is in memory.
 */
export async function* mergeStreams(
  kind: ProjectionKind,
  streams: readonly AsyncIterable<Batch>[],
): AsyncGenerator<Batch> {
  let heads: Head[] = []
  for (const iterable of streams) {
    const stream = iterable[Symbol.asyncIterator]()
    const batch = await nextOf(stream)
    if (batch !== undefined) heads.push({ stream, batch })
  }
  while (heads.length > 0) {
    // Beyond the least of their ends a stream may have more rows of a key.
    const limit = heads.reduce(
      (least, { batch }) =>
        compareKeys(batch, batch.length - 1, least.batch, least.batch.length - 1, kind.keys) < 0 ? { batch } : least,
      heads[0] as { readonly batch: Batch },
    ).batch
    const parts: Batch[] = []
    const left: Head[] = []
    for (const head of heads) {
      const count = countUpTo(head.batch, limit, kind.keys)
      if (count > 0) parts.push(sliceBatch(head.batch, 0, count))
      if (count < head.batch.length) left.push({ ...head, batch: sliceBatch(head.batch, count, head.batch.length) })
      else {
        const batch = await nextOf(head.stream)
        if (batch !== undefined) left.push({ ...head, batch })
      }
    }
    yield kind.merge(parts)
    heads = left
  }
}
