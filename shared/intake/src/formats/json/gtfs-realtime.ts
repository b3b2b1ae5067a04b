import { FleetError } from '@fleetlake/core'
import type bindings from 'gtfs-realtime-bindings'
import type { Block } from '../block.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { type BlockMaker, createBlockMaker } from './block-maker.ts'
import { createFeedCutter, type FeedFields, isFeed } from './cut-feed.ts'
import { epochMs } from './instants.ts'
import { MAX_RECORD_BYTES } from './limits.ts'
import { type FeedEntity, fillVehicle } from './vehicle-position.ts'

const HEADER_TIME = 'vehicles without a time of their own have the time of the feed’s header'

type Bindings = typeof bindings.transit_realtime

/** What the file's fields become in blocks. */
const createTake = ({ FeedHeader, FeedEntity: Entity }: Bindings, maker: BlockMaker): FeedFields => {
  let headerMs = NaN
  return {
    onHeader: (bytes) => {
      try {
        headerMs = epochMs(Number(FeedHeader.decode(bytes).timestamp), 1_000)
      } catch (cause) {
        throw new FleetError('import.invalid', 'a header is not as GTFS-realtime has it', { cause })
      }
    },
    onEntity: (bytes, length) => {
      const isBefore = maker.isBefore(1)
      maker.begin({ units: 1, bytes: length })
      if (isBefore) return maker.pass()
      if (length > MAX_RECORD_BYTES) return maker.fault('record-too-long', `more than ${MAX_RECORD_BYTES} bytes`)
      let entity: FeedEntity
      try {
        entity = Entity.toObject(Entity.decode(bytes), { longs: Number, enums: String }) as FeedEntity
      } catch {
        return maker.fault('not-protobuf', 'the entity is not as GTFS-realtime has it')
      }
      if (entity.vehicle === undefined || entity.isDeleted === true) return maker.pass()
      if (entity.vehicle.position === undefined)
        return maker.fault('no-position', 'the vehicle has no position', JSON.stringify(entity))
      const ownMs = epochMs(entity.vehicle.timestamp, 1_000)
      if (Number.isNaN(ownMs) && !Number.isNaN(headerMs)) maker.note(HEADER_TIME)
      return maker.add(
        fillVehicle,
        { entity, timeMs: Number.isNaN(ownMs) ? headerMs : ownMs, isOwnTime: !Number.isNaN(ownMs) },
        0,
      )
    },
  }
}

async function* readFeeds(input: Input, { from, blockBytes, signal }: ReadOptions): AsyncGenerator<Block> {
  // Loaded when it is needed: it is large.
  const { default: loaded } = await import('gtfs-realtime-bindings')
  const maker = createBlockMaker({ from, blockBytes, instants: new Set(['event_time']) })
  const cutter = createFeedCutter(createTake(loaded.transit_realtime, maker))
  try {
    for await (const chunk of input.read(0, signal)) {
      cutter.write(chunk)
      yield* maker.ready()
    }
    cutter.end()
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    yield* maker.rest()
    throw new FleetError(error.code, `at entity ${maker.place() + 1}: ${error.message}`)
  }
  yield* maker.rest()
}

/**
 * Files of GTFS-realtime vehicle positions, as protocol buffers; several feed messages after each other, with their lengths before them or without. Entities that are no vehicles are not rows. A cursor counts entities.
 */
export const gtfsRealtime: Format = {
  name: 'gtfs-realtime',
  title: 'GTFS-realtime',
  counts: 'entity',
  hasMeaning: true,
  sniff: (head) => (isFeed(head) ? 2 : 0),
  read: readFeeds,
}
