import {
  AIS_VALUES,
  measureOfName,
  type MeasureScalar,
  REVISION,
  USUAL_VALUES,
  type ValueRules,
} from '@fleetlake/columnar'
import type { RowColumns, Said } from '@fleetlake/contracts'
import { faultOf, MAX_TEXT_BYTES, reuseArray, type Reused } from '@fleetlake/core'
import type { FieldPlan } from '../fields/plan.ts'
import { type Block, type BlockFault, valueOf } from '../formats/block.ts'
import type { RowSink, StoredRows } from '../job/partition-sink.ts'
import { sayInstant } from '../values/calendar.ts'
import { readId } from '../values/read-id.ts'
import { suspicionOf } from '../values/suspicion.ts'
import type { FastColumns } from './fast-columns.ts'
import type { FastMeasure } from './fast-measures.ts'
import type { InputReading, Scalars } from './input-reading.ts'
import { createMotions } from './motion.ts'
import { isFault, type RowFault } from './row-fault.ts'
import { countIn, countRows, type Tally } from './tally.ts'
import { createVehicleTexts } from './vehicle-texts.ts'
import type { VehiclesState } from './vehicles-state.ts'
import { createVehicleTypes, NO_TYPE, SLOW_TYPE } from './vehicle-types.ts'

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
  /** Of the import that goes on: its rows follow those before. */
  readonly vehicles?: VehiclesState | undefined
}

export interface BlockTaker {
  /** Counts what is no row. */
  refuse(faults: readonly BlockFault[]): void
  /** Gives the sink every good row of a block in its order, and refuses every other one with its reason. */
  take(block: Block, reading: InputReading): void
  /** Keeps what the rows so far say of those that follow. */
  mark(): void
  /** What was kept when that was called last: views that last until it is called again. */
  marked(): VehiclesState
}

/** Vehicles that are remembered at once: when there are more, all are forgotten. */
const MAX_VEHICLES = 1_000_000
const MAX_TYPES = 10_000

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

const saidOf = (name: string, value: MeasureScalar): Said => ({ measure: measureOfName(name, value), value })

/** The rows of a block while they are read. */
interface Rows extends StoredRows {
  readonly slow: Uint8Array
  /** Of rows that say nothing there is none. */
  readonly said: (readonly Said[] | undefined)[]
}

export const createBlockTaker = (options: TakeOptions): BlockTaker => {
  const { sink, tally, refuse, latestMs, nextRevision } = options
  const motions = createMotions()
  const room = createRowsRoom()
  let vehicles = createVehicleTexts(
    idOf,
    options.vehicles && { offsets: options.vehicles.offsets, bytes: options.vehicles.ids },
  )
  let types = createVehicleTypes()
  let forgotten = options.vehicles?.forgotten ?? 0
  if (options.vehicles !== undefined) motions.restore(options.vehicles)
  motions.mark()
  /** Ids are only added, so that the first ones stay as they are. */
  let marked = { vehicles, count: vehicles.size, forgotten }

  const forgetSome = (): void => {
    if (types.names.length > MAX_TYPES) types = createVehicleTypes()
    if (vehicles.size < MAX_VEHICLES) return
    forgotten += vehicles.size
    vehicles = createVehicleTexts(idOf)
    motions.forget()
  }
  const refuseAll = (faults: readonly BlockFault[]): void => {
    for (const fault of faults) {
      tally.refused++
      countIn(tally.reasons, fault.reason)
      refuse(fault)
    }
  }
  /** Numbers of vehicles and types. Rows that have none, or a measure that needs the slower way, are slow. */
  const takeTexts = ({ ids, types: typeTexts, measures }: FastColumns, rows: Rows, usualType: number): void => {
    const { slow, isStored } = rows
    for (let row = 0; row < slow.length; row++) {
      if (slow[row] === 1) continue
      slow[row] = 1
      const from = ids.starts[row]
      if (from < 0) continue
      let type = usualType
      if (typeTexts !== undefined && typeTexts.starts[row] >= 0) {
        type = types.numberOfText(typeTexts.bytes, typeTexts.starts[row], typeTexts.ends[row])
        if (type === SLOW_TYPE) continue
        if (type === NO_TYPE) type = usualType
      }
      const said = measures.length === 0 ? undefined : saidByMeasures(measures, row)
      if (said === null) continue
      const vehicle = vehicles.numberOf(ids.bytes, from, ids.ends[row])
      if (typeof vehicle !== 'number') continue
      rows.vehicles[row] = vehicle
      rows.types[row] = type
      if (said !== undefined) rows.said[row] = said
      isStored[row] = 1
      slow[row] = 0
    }
  }
  /** @returns why the row is not taken, if it is not */
  const takeScalars = (read: Scalars, rows: Rows, row: number, { values, usualType }: Rules): RowFault | undefined => {
    const { eventTime, longitude, latitude, speed, heading } = rows
    eventTime[row] = read.eventTime
    longitude[row] = values.longitude(read.longitude)
    latitude[row] = values.latitude(read.latitude)
    speed[row] = values.speed(read.speed)
    heading[row] = values.heading(read.heading)
    const fault = faultOf(eventTime[row], longitude[row], latitude[row], latestMs)
    if (fault !== undefined) return { reason: fault, detail: detailOf(read) }
    const id = utf8.encode(read.vehicleId)
    const vehicle = vehicles.numberOf(id, 0, id.length)
    if (typeof vehicle !== 'number') return vehicle
    for (const doubt of read.unread) countIn(tally.doubts, doubt)
    const said = Object.entries(read.measures).map(([name, value]) => saidOf(name, value))
    if (said.length > 0) rows.said[row] = said
    rows.vehicles[row] = vehicle
    rows.types[row] = read.vehicleType === undefined ? usualType : types.numberOf(read.vehicleType)
    rows.isStored[row] = 1
    return undefined
  }
  const takeSlowly = (block: Block, rows: Rows, scalars: InputReading['scalars'], rules: Rules): void => {
    const byName = new Map(block.names.map((name, i) => [name, block.fields[i]]))
    for (let row = 0; row < block.rows; row++) {
      if (rows.slow[row] === 0) continue
      const read = scalars.read((name) => {
        const field = byName.get(name)
        return field === undefined ? undefined : valueOf(field, row)
      })
      const fault = isFault(read) ? read : takeScalars(read, rows, row, rules)
      if (fault !== undefined) refuseAll([{ ...fault, place: block.places[row], text: block.textOf(row) }])
    }
  }
  const countDoubts = ({ isStored, eventTime }: StoredRows, sampled: FieldPlan['sampled']): void => {
    const before = Math.max(SUSPICIOUS_BEFORE_MS, sampled === undefined ? -Infinity : sampled.from - YEAR_MS)
    for (let row = 0; row < isStored.length; row++) {
      if (isStored[row] === 0 || !(eventTime[row] < before)) continue
      const suspicion = suspicionOf(eventTime[row], sampled)
      if (suspicion !== undefined) countIn(tally.doubts, suspicion)
    }
  }
  /** Gives each row its revision, and counts what rows say. @returns the measures of the rows, if any has one */
  const finishSaid = ({ said, isStored }: Rows): Rows['said'] | undefined => {
    if (nextRevision !== undefined)
      for (let row = 0; row < isStored.length; row++)
        if (isStored[row] === 1) said[row] = [...(said[row] ?? []), saidOf(REVISION, nextRevision())]
    if (said.length === 0) return undefined
    for (const of of said) if (of !== undefined) for (const { measure } of of) countIn(tally.measures, measure.name)
    return said
  }

  const take = (block: Block, { plan, columns: readColumns, scalars }: InputReading): void => {
    forgetSome()
    refuseAll(block.faults)
    const rules: Rules = {
      values: plan.isAis ? AIS_VALUES : USUAL_VALUES,
      usualType: types.numberOf(plan.vehicleType ?? options.vehicleType),
    }
    const fast = readColumns?.(block)
    const rows: Rows = {
      ...(fast ?? room.columns(block.rows)),
      slow: fast?.slow ?? room.slow(block.rows).fill(1),
      said: [],
      isStored: room.isStored(block.rows).fill(0),
      vehicles: room.vehicles(block.rows),
      vehicleIds: vehicles.ids(),
      types: room.types(block.rows),
      typeNames: types.names,
    }
    if (fast !== undefined) {
      applyRules(rows, rules.values, latestMs)
      takeTexts(fast, rows, rules.usualType)
    }
    takeSlowly(block, rows, scalars, rules)
    countDoubts(rows, plan.sampled)
    const has = (column: string): boolean => plan.fields.some(({ name }) => name === column)
    const implausible = motions.follow({
      ...rows,
      fastestMps: types.fastestMps,
      hasSpeed: has('speed'),
      hasHeading: has('heading'),
    })
    if (implausible > 0) tally.doubts['implausible'] = (tally.doubts['implausible'] ?? 0) + implausible
    sink.add({ ...rows, vehicleIds: vehicles.ids(), said: finishSaid(rows) })
    countRows(tally, rows)
    // Of an import that was resumed, those of before may not come again.
    tally.vehicles = Math.max(tally.vehicles, forgotten + vehicles.size)
  }
  return {
    take,
    refuse: refuseAll,
    mark: () => {
      marked = { vehicles, count: vehicles.size, forgotten }
      motions.mark()
    },
    marked: () => {
      const { bytes, offsets } = marked.vehicles.ids()
      return {
        forgotten: marked.forgotten,
        ids: bytes.subarray(0, offsets[marked.count]),
        offsets: offsets.subarray(0, marked.count + 1),
        ...motions.marked(),
      }
    },
  }
}

/** What holds for all rows of a block. */
interface Rules {
  readonly values: ValueRules
  /** Of rows that say none. */
  readonly usualType: number
}

/** The rules of all intakes, for the rows that are not slow; those that can't be true are slow then. */
const applyRules = (
  { slow, eventTime, longitude, latitude, speed, heading }: Rows,
  values: ValueRules,
  latestMs: number,
): void => {
  for (let row = 0; row < slow.length; row++) {
    if (slow[row] === 1) continue
    longitude[row] = values.longitude(longitude[row])
    latitude[row] = values.latitude(latitude[row])
    speed[row] = values.speed(speed[row])
    heading[row] = values.heading(heading[row])
    if (faultOf(eventTime[row], longitude[row], latitude[row], latestMs) !== undefined) slow[row] = 1
  }
}

/** What a row says of the measures; undefined for nothing, null where that needs the slower way. */
const saidByMeasures = (measures: readonly FastMeasure[], row: number): Said[] | undefined | null => {
  let said: Said[] | undefined
  for (const { spec: measure, valueOf: valueIn } of measures) {
    const value = valueIn(row)
    if (value === undefined) return null
    if (value === null) continue
    said ??= []
    said.push({ measure, value })
  }
  return said
}

interface RowsRoom {
  readonly columns: (rows: number) => RowColumns
  readonly slow: Reused<Uint8Array>
  readonly isStored: Reused<Uint8Array>
  readonly vehicles: Reused<Int32Array>
  readonly types: Reused<Int32Array>
}

/** Arrays that are filled for each block again. */
const createRowsRoom = (): RowsRoom => {
  const numbers = Array.from({ length: 5 }, () => reuseArray((length) => new Float64Array(length)))
  return {
    columns: (rows) => {
      const [eventTime, longitude, latitude, speed, heading] = numbers.map((room) => room(rows))
      return { eventTime, longitude, latitude, speed, heading }
    },
    slow: reuseArray((length) => new Uint8Array(length)),
    isStored: reuseArray((length) => new Uint8Array(length)),
    vehicles: reuseArray((length) => new Int32Array(length)),
    types: reuseArray((length) => new Int32Array(length)),
  }
}

const detailOf = ({ eventTime, longitude, latitude }: Scalars): string =>
  `time ${sayInstant(eventTime)}, longitude ${longitude}, latitude ${latitude}`
