import { REVISION } from '@fleetlake/columnar'
import { type FoldDeps, type Folded, type FoldRequest, hasRoom, holdKeys, splitInHalves } from '../engine/fold-deps.ts'
import { takeFiles } from '../engine/take-files.ts'
import { type KeysOf, releasePartials } from '../fold/timed-keys.ts'
import { type Batch, joinBatches, numbersIn } from '../table/batch.ts'
import { createLatestFold, type LatestFold, type LatestPartials } from './fold-latest.ts'
import { createLatestBatch } from './latest-batch.ts'
import { LATEST, latestColumns } from './latest.ts'
import { settle } from './settle.ts'

const encoder = new TextEncoder()

/** Sets the keys' times to those that the table has. */
async function* loadTimes(
  { table, state }: FoldDeps,
  by: string,
  keysOf: KeysOf,
  buckets: readonly number[],
): AsyncGenerator<void> {
  const wanted = Buffer.from(by)
  for await (const batch of table.read(state, { buckets })) {
    const bucket = numbersIn(batch.columns[0])
    const { length, by: codes, bys, key: keyCodes, keys, eventTime } = latestColumns(batch)
    const isBy = Uint8Array.from({ length: bys.count }, (_, code) => Number(wanted.equals(bys.at(code))))
    for (let row = 0; row < length; row++) {
      const held = keysOf[bucket[row]]
      if (held === undefined || isBy[codes[row]] === 0) continue
      const key = keys.at(keyCodes[row])
      const number = held.numberOf(key, 0, key.length)
      held.times[number] = Math.max(held.times[number], eventTime[row])
    }
    yield
  }
}

/** Partial rows as rows of the table. @param marked 1 for those that are marked, 0 for the others */
const rowsOf = (partials: LatestPartials, by: string, keysOf: KeysOf, marked: 0 | 1): Batch => {
  let chosen = 0
  for (let i = 0; i < partials.length; i++) if (partials.isMarked[i] === marked) chosen++
  const batch = createLatestBatch(chosen)
  const { offsets, bytes } = partials.texts
  const textOf = (code: number): Uint8Array => bytes.subarray(offsets[code], offsets[code + 1])
  const byBytes = encoder.encode(by)
  for (let i = 0; i < partials.length; i++) {
    if (partials.isMarked[i] !== marked) continue
    batch.add({
      by: byBytes,
      key: keysOf[partials.bucket[i]]!.at(partials.key[i]),
      vehicle: textOf(partials.vehicle[i]),
      vehicleType: textOf(partials.vehicleType[i]),
      eventTime: partials.eventTime[i],
      longitude: partials.longitude[i],
      latitude: partials.latitude[i],
      speed: partials.speed[i],
      heading: partials.heading[i],
      revision: partials.revision[i],
    })
  }
  return batch.finish()
}

/**
 * Partial rows of the latest positions for the rows of some files. Invariant: with what the table has they come to the latest of the distinct reports of the pinned
 * version, as far as those files and the ones before them go.
 * @param bys the columns by which positions are keyed: 'vehicle_id', and measures of texts
 */
export const foldLatestFiles = async (
  bys: readonly string[],
  request: FoldRequest,
  deps: FoldDeps,
): Promise<Folded> => {
  const { buckets, isAnew } = request
  const { held } = deps
  const inUse = { parts: bys, buckets }
  const folds: { readonly by: string; readonly keysOf: KeysOf; readonly fold: LatestFold }[] = []
  for (const by of bys) {
    if (isAnew) held.drop(buckets, by)
    const keysOf = await holdKeys(deps, by, {
      buckets,
      load: (loaded, missing) => (isAnew ? [] : loadTimes(deps, by, loaded, missing)),
      fits: (bytes) => hasRoom(deps, inUse, bytes),
    })
    if (keysOf === undefined) return splitInHalves(deps, buckets)
    folds.push({ by, keysOf, fold: createLatestFold(by, keysOf) })
  }
  const foldBytes = (): number => folds.reduce((sum, { fold }) => sum + fold.heldBytes, 0)
  const taken = await takeFiles(request, deps, {
    take: (_, rows) => {
      for (const { fold } of folds) fold.take(rows)
    },
    isTooLarge: () => !hasRoom(deps, inUse, foldBytes()),
    measures: [REVISION, ...bys],
  })
  held.groupSize.took(held.bytes(inUse) + foldBytes())
  if (taken.status !== 'taken') {
    for (const by of bys) held.drop(buckets, by)
    return taken.status === 'lost' ? taken : splitInHalves(deps, buckets)
  }
  const rows: Batch[] = []
  const tied: Batch[] = []
  for (const { by, keysOf, fold } of folds) {
    const { partials } = fold
    releasePartials(partials, keysOf)
    rows.push(rowsOf(partials, by, keysOf, 0))
    tied.push(rowsOf(partials, by, keysOf, 1))
  }
  const settled = await settle({ buckets, tied: joinBatches(LATEST, tied), isAnew }, deps)
  if (settled.status === 'split') {
    for (const by of bys) held.drop(buckets, by)
    return settled
  }
  return { status: settled.status, add: joinBatches(LATEST, [...rows, ...settled.add]) }
}
