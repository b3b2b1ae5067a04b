import { type Positions, vehicleDateRuns } from '@fleetlake/columnar'
import { dayOf } from '@fleetlake/core'
import { type Cadences, type CadenceSelection, readCadences } from '@fleetlake/projections'
import type { PresenceSeen } from './presence-watch.ts'
import { MOST_LOOKED_UP_ROWS, rowsToRead } from './rows-to-read.ts'

/** Vehicles that a search names, of which those alone are read: beyond, most of a date is. */
const FEW_VEHICLES = 256
/** Of the files with rows of a date, all of which are wanted: about a second of work, less than a task may be silent for. */
const MOST_READ_ROWS = 300_000
/** Of what is held. */
const MOST_HELD_BYTES = 64 * 1024 * 1024
/** Of a cadence, with what a map takes for it. */
const CADENCE_BYTES = 120
/** Of a share, whatever it holds: memory is bounded by its number too. */
const SHARE_BYTES = 1_000
/** Dates of few vehicles that are read at once: what a row group holds of a vehicle is about a month. */
const BLOCK_DAYS = 32
/** What is held is taken as it is for so long; then, where presence has changed, it is read again, and taken as it is meanwhile. */
const FRESH_MS = 60_000

const NOTHING: Cadences = new Map()

/** What was read at once: some dates, of all vehicles or few. */
interface Share {
  readonly found: Promise<Cadences>
  /** Of the files that it is from; a share of other files is another one. */
  readonly files: string
  bytes: number
  checkedMs: number
}

export interface CadenceMemory {
  /**
   * How often the vehicles of some rows report over all their reports, ms, of each of `vehicleDateRuns(rows)`; undefined where presence does not know it, or it is too much to read.
   * @param vehicleIds those that the search names, if it does
   */
  of(rows: Positions, vehicleIds: readonly string[] | undefined): Promise<readonly (number | undefined)[]>
}

export interface CadenceMemoryDeps {
  /** Presence as it is now; undefined while there is none. */
  look(): Promise<PresenceSeen | undefined>
  /** Told of a table that can't be read. */
  onFault(error: unknown): void
  /** ms, ascending. */
  now(): number
  readonly mostReadRows?: number
  /** Where a search names vehicles. */
  readonly mostLookedUpRows?: number
  readonly mostHeldBytes?: number
}

const sizeOf = (cadences: Cadences): number =>
  cadences.values().reduce((sum, ofDay) => sum + ofDay.size * CADENCE_BYTES, 0)

/** The block of dates of few vehicles, or the date, that a day is read with. */
const selectionOf = (day: number, vehicleIds: readonly string[] | undefined): CadenceSelection => {
  if (vehicleIds === undefined || vehicleIds.length > FEW_VEHICLES) return { dates: { from: day, to: day + 1 } }
  const from = Math.floor(day / BLOCK_DAYS) * BLOCK_DAYS
  return { vehicleIds, dates: { from, to: from + BLOCK_DAYS } }
}

const keyOf = ({ vehicleIds, dates: { from } }: CadenceSelection): string =>
  vehicleIds === undefined ? String(from) : JSON.stringify([from, ...vehicleIds])

/** What searches that follow on each other have read of presence, least recently used first. A table that can't be read costs an answer its cadences, never its rows. */
export const createCadenceMemory = ({
  look,
  onFault,
  now,
  mostReadRows = MOST_READ_ROWS,
  mostLookedUpRows = MOST_LOOKED_UP_ROWS,
  mostHeldBytes = MOST_HELD_BYTES,
}: CadenceMemoryDeps): CadenceMemory => {
  const shares = new Map<string, Share>()
  let heldBytes = 0
  let seen: { readonly at: Promise<PresenceSeen | undefined>; readonly atMs: number } | undefined

  const seenNow = (): Promise<PresenceSeen | undefined> => {
    if (seen === undefined || now() - seen.atMs >= FRESH_MS) seen = { at: look(), atMs: now() }
    return seen.at
  }
  const forget = (key: string, share: Share): void => {
    if (shares.get(key) !== share) return
    shares.delete(key)
    heldBytes -= share.bytes
  }
  const hold = (key: string, files: string, found: Promise<Cadences>): Share => {
    const before = shares.get(key)
    if (before !== undefined) forget(key, before)
    const share: Share = { found, files, bytes: SHARE_BYTES + 2 * (key.length + files.length), checkedMs: now() }
    shares.set(key, share)
    heldBytes += share.bytes
    return share
  }
  const weigh = (key: string, share: Share, cadences: Cadences): void => {
    if (shares.get(key) === share) {
      const bytes = sizeOf(cadences)
      share.bytes += bytes
      heldBytes += bytes
    }
    for (const [oldest, each] of shares) {
      if (heldBytes <= mostHeldBytes) return
      forget(oldest, each)
    }
  }
  /** Undefined for more than is read. */
  const filesOf = (from: PresenceSeen, { vehicleIds, dates }: CadenceSelection): string | undefined => {
    const selection = { dates, ...(vehicleIds === undefined ? {} : { keys: vehicleIds }) }
    if (rowsToRead(from, selection) > (vehicleIds === undefined ? mostReadRows : mostLookedUpRows)) return undefined
    const files = from.table.files(from.state, selection)
    return files.map(({ path }) => path).join(' ')
  }
  /** Those who ask for the same meanwhile wait for the same. */
  const read = async (selection: CadenceSelection): Promise<Cadences> => {
    const key = keyOf(selection)
    const from = await seenNow()
    const files = from === undefined ? undefined : filesOf(from, selection)
    if (from === undefined || files === undefined) return NOTHING
    const known = shares.get(key)
    if (known !== undefined) return known.found
    const share = hold(key, files, readCadences(from.table, from.state, selection))
    try {
      const cadences = await share.found
      weigh(key, share, cadences)
      return cadences
    } catch (error) {
      forget(key, share)
      throw error
    }
  }
  /** What has changed is read again, and takes the place of what is held once it is there. */
  const renew = async (selection: CadenceSelection, share: Share): Promise<void> => {
    const key = keyOf(selection)
    const from = await seenNow()
    const files = from === undefined ? undefined : filesOf(from, selection)
    if (from === undefined || files === share.files) return
    const cadences = files === undefined ? NOTHING : await readCadences(from.table, from.state, selection)
    if (shares.get(key) === share) weigh(key, hold(key, files ?? '', Promise.resolve(cadences)), cadences)
  }
  const cadencesOf = async (selection: CadenceSelection): Promise<Cadences> => {
    const key = keyOf(selection)
    const held = shares.get(key)
    if (held === undefined) return read(selection)
    shares.delete(key)
    shares.set(key, held)
    if (now() - held.checkedMs >= FRESH_MS) {
      held.checkedMs = now()
      renew(selection, held).catch(onFault)
    }
    return held.found
  }

  return {
    of: async (rows, vehicleIds) => {
      const runs = vehicleDateRuns(rows)
      const days = Int32Array.from(runs, (row) => dayOf(rows.eventTime[row]))
      const ofDay = new Map<number, ReadonlyMap<string, number> | undefined>()
      try {
        for (const day of new Set(days)) ofDay.set(day, (await cadencesOf(selectionOf(day, vehicleIds))).get(day))
      } catch (error) {
        onFault(error)
      }
      const { vehicleIdOffsets: at, vehicleIdBytes } = rows
      const bytes = Buffer.from(vehicleIdBytes.buffer, vehicleIdBytes.byteOffset, vehicleIdBytes.byteLength)
      return Array.from(runs, (row, run) => ofDay.get(days[run])?.get(bytes.toString('utf8', at[row], at[row + 1])))
    },
  }
}
