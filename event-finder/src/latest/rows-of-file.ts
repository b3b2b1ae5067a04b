import { createArena } from '@fleetlake/columnar/parquet'
import type { ObjectStore } from '@fleetlake/archive'
import type { MeasureSpec, Rows } from '@fleetlake/columnar'
import { areaOf, FleetError } from '@fleetlake/core'
import { readChunk } from '../scan/read-chunk.ts'
import { GLOBE } from './latest-question.ts'

const EVERYWHERE = areaOf(GLOBE)
const EVER = { from: -Infinity, to: Infinity }

/**
 * All rows of a data file, in pieces of a bounded number, with these measures. A piece is done with when the next is asked for.
 * @throws FleetError `table.invalid` when it can't be read
 */
export async function* rowsOfFile(
  store: ObjectStore,
  { path, bytes }: { readonly path: string; readonly bytes: number },
  layout: readonly MeasureSpec[],
): AsyncGenerator<Rows> {
  const search = {
    area: EVERYWHERE,
    period: EVER,
    vehicleTypes: undefined,
    vehicleIds: undefined,
    ...(layout.length === 0 ? {} : { measures: { select: layout, where: undefined, layout } }),
  }
  const read = await readChunk(store, { path, bytes, inside: true }, { search, arena: createArena() })
  if ('fault' in read) throw new FleetError('table.invalid', `${store.url(path)}: ${read.fault}`)
  for (;;) {
    const { done, value } = await read.pieces.next()
    if (done === true) return
    yield value.rows
  }
}
