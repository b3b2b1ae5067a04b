import { AIS_VALUES, fastestMps, measureOfName, type MeasureScalar, REVISION, USUAL_VALUES } from '@fleetlake/columnar'
import type { Said } from '@fleetlake/contracts'
import { faultOf, MAX_TEXT_BYTES } from '@fleetlake/core'
import type { FieldPlan } from '../fields/plan.ts'
import { type Block, type BlockFault, valueOf } from '../formats/block.ts'
import type { RowSink } from '../job/partition-sink.ts'
import { sayInstant } from '../values/calendar.ts'
import { readId } from '../values/read-id.ts'
import { suspicionOf } from '../values/suspicion.ts'
import type { InputReading, Scalars } from './input-reading.ts'
import { type FastRow, fastRowsOf } from './fast-rows.ts'
import { createMotions } from './motion.ts'
import { isFault, type RowFault } from './row-fault.ts'
import { countIn, countRow, type Tally } from './tally.ts'
import { createVehicleTexts, type VehicleTexts } from './vehicle-texts.ts'

export interface TakeOptions {
  readonly sink: RowSink
  readonly tally: Tally
  /** Keeps what is not taken, with its reason. */
  readonly refuse: (fault: BlockFault) => void
  /** The latest time that is believed, ms since the epoch. */
  readonly latestMs: number
  /** Of rows without a type. */
  readonly vehicleType: string
  /** Of a source that corrects what it said: the revision of each row. */
  readonly nextRevision?: (() => number) | undefined
}

export interface BlockTaker {
  /** Counts what is no row. */
  refuse(faults: readonly BlockFault[]): void
  /** Gives the sink every good row of a block in its order, and refuses every other one with its reason. */
  take(block: Block, reading: InputReading): void
}

/** Beyond it two positions say nothing of how a vehicle drove between them. */
const MAX_GAP_MS = 5 * 60_000
/** Vehicles that are remembered at once: when there are more, all are forgotten. */
const MAX_VEHICLES = 1_000_000
/** Slower than this nothing is implausible, and no distance need be computed to know that. */
const SLOW_MPS = 15
const MAX_DERIVED_MPS = 100

const YEAR_MS = 365 * 86_400_000
/** The days on which clocks begin that were not set lie before 1981. */
const SUSPICIOUS_BEFORE_MS = Date.UTC(1981, 0, 1)

const utf8 = new TextEncoder()

/** The id that a text of the input stands for, if it is one that can be stored. */
const idOf = (text: string): string | RowFault => {
  const id = readId(text)
  if (typeof id !== 'string' || utf8.encode(id).length <= MAX_TEXT_BYTES) return id
  return { reason: 'text-too-long', detail: `a vehicle's id takes 1 to ${MAX_TEXT_BYTES} bytes of UTF-8` }
}

export const createBlockTaker = (options: TakeOptions): BlockTaker => {
  const { sink, tally, refuse, latestMs, nextRevision } = options
  let vehicles: VehicleTexts = createVehicleTexts(idOf)
  const motions = createMotions()
  let forgotten = 0
  /** What the input has no field for is derived; what a field does not say stays unknown. */
  let [hasSpeed, hasHeading] = [false, false]
  const fastest = new Map<string, number>()

  const fastestOf = (type: string): number => {
    const known = fastest.get(type)
    if (known !== undefined) return known
    const mps = fastestMps(type)
    fastest.set(type, mps)
    return mps
  }
  const forgetVehicles = (): void => {
    forgotten += vehicles.size
    vehicles = createVehicleTexts(idOf)
    motions.forget()
    fastest.clear()
  }

  /** @param speed,heading NaN where the row says nothing of them */
  const keep = (
    vehicle: number,
    type: string,
    timeMs: number,
    longitude: number,
    latitude: number,
    speed: number,
    heading: number,
    measures: Readonly<Record<string, MeasureScalar>> | undefined,
    sampled: FieldPlan['sampled'],
  ): void => {
    if (timeMs < SUSPICIOUS_BEFORE_MS || (sampled !== undefined && timeMs < sampled.from - YEAR_MS)) {
      const suspicion = suspicionOf(timeMs, sampled)
      if (suspicion !== undefined) countIn(tally.doubts, suspicion)
    }
    motions.next(vehicle, timeMs, longitude, latitude)
    const elapsedMs = motions.elapsedMs()
    let [v, direction] = [speed, heading]
    if (elapsedMs > 0) {
      const seconds = Math.max(1, elapsedMs / 1000)
      const isDerived = elapsedMs <= MAX_GAP_MS && !(hasSpeed && hasHeading)
      if (isDerived || motions.metresAtMost() > SLOW_MPS * seconds) {
        const metres = motions.metres()
        if (metres > fastestOf(type) * seconds) countIn(tally.doubts, 'implausible')
        const mps = metres / (elapsedMs / 1000)
        if (isDerived && mps <= MAX_DERIVED_MPS) {
          // To 0.1 m/s and whole degrees: more exact than GPS is.
          if (!hasSpeed) v = Math.round(mps * 10) / 10
          if (!hasHeading) direction = motions.heading()
        }
      }
    }
    const id = vehicles.at(vehicle)
    sink.add(
      id,
      0,
      id.length,
      type,
      timeMs,
      longitude,
      latitude,
      v,
      direction,
      measures === undefined && nextRevision === undefined ? undefined : saidBy(measures),
    )
    countRow(tally, timeMs, longitude, latitude)
  }
  const saidBy = (measures: Readonly<Record<string, MeasureScalar>> | undefined): Said[] | undefined => {
    const said: Said[] = []
    for (const name in measures) {
      const value = measures[name]
      said.push({ measure: measureOfName(name, value), value })
      countIn(tally.measures, name)
    }
    if (nextRevision !== undefined) {
      const value = nextRevision()
      said.push({ measure: measureOfName(REVISION, value), value })
      countIn(tally.measures, REVISION)
    }
    return said.length === 0 ? undefined : said
  }

  const refuseAll = (faults: readonly BlockFault[]): void => {
    for (const fault of faults) {
      tally.refused++
      countIn(tally.reasons, fault.reason)
      refuse(fault)
    }
  }

  const take = (block: Block, reading: InputReading): void => {
    const { plan } = reading
    hasSpeed = plan.fields.some(({ name }) => name === 'speed')
    hasHeading = plan.fields.some(({ name }) => name === 'heading')
    const values = plan.isAis ? AIS_VALUES : USUAL_VALUES
    const fast = fastRowsOf(block, reading, options.vehicleType)
    const byName = new Map(block.names.map((name, i) => [name, block.fields[i]]))
    let current = 0
    const valueIn = (name: string): unknown => {
      const field = byName.get(name)
      return field === undefined ? undefined : valueOf(field, current)
    }
    const refuseRow = (row: number, fault: RowFault): void =>
      refuseAll([{ ...fault, place: block.places[row], text: block.textOf(row) }])

    /** @returns whether the row needed no other way */
    const takeFast = (by: FastRow, row: number): boolean => {
      const timeMs = by.time(row)
      const longitude = values.longitude(by.longitude(row))
      const latitude = values.latitude(by.latitude(row))
      if (faultOf(timeMs, longitude, latitude, latestMs) !== undefined) return false
      const [from, to] = [by.idFrom(row), by.idTo(row)]
      const type = by.type(row)
      if (from < 0 || type === undefined) return false
      let speed = by.speed(row)
      if (speed === speed) speed = values.speed(speed)
      else if (!by.hasNoSpeed(row)) return false
      let heading = by.heading(row)
      if (heading === heading) heading = values.heading(heading)
      else if (!by.hasNoHeading(row)) return false
      const vehicle = vehicles.numberOf(by.idBytes, from, to)
      if (typeof vehicle !== 'number') return false
      keep(vehicle, type, timeMs, longitude, latitude, speed, heading, undefined, plan.sampled)
      return true
    }
    const takeScalars = (scalars: Scalars): RowFault | undefined => {
      const { vehicleId, vehicleType, eventTime, measures, unread } = scalars
      const longitude = values.longitude(scalars.longitude)
      const latitude = values.latitude(scalars.latitude)
      const fault = faultOf(eventTime, longitude, latitude, latestMs)
      if (fault !== undefined) return { reason: fault, detail: detailOf(scalars) }
      const id = utf8.encode(vehicleId)
      const vehicle = vehicles.numberOf(id, 0, id.length)
      if (typeof vehicle !== 'number') return vehicle
      for (const doubt of unread) countIn(tally.doubts, doubt)
      const [speed, heading] = [values.speed(scalars.speed), values.heading(scalars.heading)]
      const type = vehicleType ?? plan.vehicleType ?? options.vehicleType
      keep(vehicle, type, eventTime, longitude, latitude, speed, heading, measures, plan.sampled)
      return undefined
    }

    refuseAll(block.faults)
    for (let row = 0; row < block.rows; row++) {
      if (vehicles.size >= MAX_VEHICLES) forgetVehicles()
      if (fast !== undefined && takeFast(fast, row)) continue
      current = row
      const scalars = reading.scalars.read(valueIn)
      const fault = isFault(scalars) ? scalars : takeScalars(scalars)
      if (fault !== undefined) refuseRow(row, fault)
    }
    // Of an import that was resumed, those of before may not come again.
    tally.vehicles = Math.max(tally.vehicles, forgotten + vehicles.size)
  }
  return { take, refuse: refuseAll }
}

const detailOf = ({ eventTime, longitude, latitude }: Scalars): string =>
  `time ${sayInstant(eventTime)}, longitude ${longitude}, latitude ${latitude}`
