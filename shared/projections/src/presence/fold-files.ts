import { type FoldDeps, type Folded, type FoldRequest, hasRoom, holdKeys, splitInHalves } from '../engine/fold-deps.ts'
import { dayOfDate } from '../engine/plan-step.ts'
import { takeFiles } from '../engine/take-files.ts'
import { type KeysOf, releasePartials } from '../fold/timed-keys.ts'
import { type Batch, joinBatches, numbersIn } from '../table/batch.ts'
import { KEYS_AT_ONCE } from '../table/selection.ts'
import { createPresenceFold, type PresencePartials } from './fold-presence.ts'
import { PRESENCE } from './presence.ts'
import { createPresenceBatch } from './presence-batch.ts'
import { presenceColumns } from './presence-columns.ts'
import { cellOfKey, presenceKey, vehicleOfKey } from './presence-key.ts'
import { recount, type MarkedKey } from './recount.ts'

/** Sets the keys' times to the last ones that the table has of a day. */
async function* loadLasts(
  { table, state }: FoldDeps,
  day: number,
  keysOf: KeysOf,
  buckets: readonly number[],
): AsyncGenerator<void> {
  for await (const batch of table.read(state, { buckets, dates: { from: day, to: day + 1 } })) {
    const bucket = numbersIn(batch.columns[0])
    const { length, vehicle, vehicleIds, cell, cells, last } = presenceColumns(batch)
    for (let row = 0; row < length; row++) {
      const keys = keysOf[bucket[row]]
      if (keys === undefined) continue
      const key = presenceKey(cells.at(cell[row]), vehicleIds.at(vehicle[row]))
      const number = keys.numberOf(key, 0, key.length)
      keys.times[number] = Math.max(keys.times[number], last[row])
    }
    yield
  }
}

/** A slice after the other, since all of them may be marked, and each is an object. */
function* markedIn(
  { length, bucket, key, isMarked }: PresencePartials,
  keysOf: KeysOf,
): Generator<readonly MarkedKey[]> {
  let marked: MarkedKey[] = []
  for (let i = 0; i < length; i++) {
    if (isMarked[i] === 0) continue
    marked.push({ bucket: bucket[i], number: key[i], key: keysOf[bucket[i]]!.at(key[i]).slice() })
    if (marked.length < KEYS_AT_ONCE) continue
    yield marked
    marked = []
  }
  if (marked.length > 0) yield marked
}

/**
 * Partial rows of presence for the rows of some files of one date. Invariant: with what the table has of the date they come to what the distinct reports of the
 * pinned version come to, as far as those files and the ones before them go.
 */
export const foldPresenceDate = async (date: string, request: FoldRequest, deps: FoldDeps): Promise<Folded> => {
  const { buckets, isAnew } = request
  const { held } = deps
  const day = dayOfDate(date)
  const inUse = { parts: [date], buckets }
  if (isAnew) held.drop(buckets, date)
  const keysOf = await holdKeys(deps, date, {
    buckets,
    load: (loaded, missing) => (isAnew ? [] : loadLasts(deps, day, loaded, missing)),
    fits: (bytes) => hasRoom(deps, inUse, bytes),
  })
  if (keysOf === undefined) return splitInHalves(deps, buckets)
  const fold = createPresenceFold(keysOf)
  const taken = await takeFiles(request, deps, {
    take: ({ cell }, rows) => fold.take(rows, cell),
    isTooLarge: () => !hasRoom(deps, inUse, fold.heldBytes),
    measures: [],
  })
  held.groupSize.took(held.bytes(inUse) + fold.heldBytes)
  if (taken.status !== 'taken') {
    held.drop(buckets, date)
    return taken.status === 'lost' ? taken : splitInHalves(deps, buckets)
  }
  const { partials } = fold
  releasePartials(partials, keysOf)
  const marked = markedIn(partials, keysOf)
  const batch = createPresenceBatch(partials.length)
  for (let i = 0; i < partials.length; i++) {
    if (partials.isMarked[i] === 1) continue
    const key = keysOf[partials.bucket[i]]!.at(partials.key[i])
    batch.add({
      vehicle: vehicleOfKey(key),
      day,
      cell: cellOfKey(key),
      first: partials.first[i],
      last: partials.last[i],
      rows: partials.rows[i],
      intervals: partials.intervals.of(i),
    })
  }
  for await (const { part, of } of recount({ date, day, marked, isAnew }, deps)) {
    batch.add(part)
    const { times } = keysOf[of.bucket]!
    times[of.number] = Math.max(times[of.number], part.last)
  }
  return { status: 'folded', add: batch.finish() }
}

/** The same for files of any dates. */
export const foldPresenceFiles = async (request: FoldRequest, deps: FoldDeps): Promise<Folded> => {
  const batches: Batch[] = []
  for (const [date, files] of Map.groupBy(request.files, (file) => file.date)) {
    const folded = await foldPresenceDate(date, { ...request, files }, deps)
    if (!('add' in folded)) return folded
    batches.push(folded.add)
  }
  return { status: 'folded', add: joinBatches(PRESENCE, batches) }
}
