import type { RowColumns } from '@fleetlake/contracts'
import { reuseArray } from '@fleetlake/core'
import { isColumn } from '../fields/parse-mapping.ts'
import type { FieldPlan } from '../fields/plan.ts'
import { AIS_NONE } from '../fields/read-scalars.ts'
import type { Block, Field } from '../formats/block.ts'
import { degreesOfMinutes } from '../values/read-angle.ts'
import type { TimeReader } from '../values/read-time.ts'
import { inOwnUnit, type Unit, unitNamed } from '../values/units.ts'
import { type FastMeasure, measureTaker } from './fast-measures.ts'
import { type Fill, fillFirst, fillNumbers, type MergeRoom } from './fast-numbers.ts'
import {
  createTextRoom,
  firstTexts,
  joinedTexts,
  type Slow,
  type TextField,
  type TextRoom,
  textsOf,
} from './fast-texts.ts'
import { timeFill } from './fast-times.ts'

/**
 * The columns of a block's rows, as far as they can be read without making anything for each row. Invariant: what they say of a row is what the slow way says of it, or the row is slow.
 */
export interface FastColumns extends RowColumns {
  /** 1 for each row that needs the slower way; numbers that the others have not are NaN. */
  readonly slow: Slow
  /** Of vehicles, as the input has them. */
  readonly ids: TextField
  /** Undefined where no row has one. */
  readonly types: TextField | undefined
  readonly measures: readonly FastMeasure[]
}

/** Reads blocks of one input. What it gives is good until the next block is read. */
export type ReadColumns = (block: Block) => FastColumns | undefined

const MARKS = { '.': 0x2e, ',': 0x2c } as const

const utf8 = new TextEncoder()

/** Some rows of one number each. */
type Take = (block: Block, slow: Slow) => Float64Array | undefined

const fieldsOf = ({ names, fields }: Block, sources: readonly string[]): Field[] =>
  sources.flatMap((source) => {
    const place = names.indexOf(source)
    return place < 0 ? [] : [fields[place]]
  })

interface NumbersOptions {
  readonly sources: readonly string[]
  readonly fill: Fill
  readonly merge: MergeRoom
}

const takeNumbers = ({ sources, fill, merge }: NumbersOptions): Take => {
  const room = reuseArray((length) => new Float64Array(length))
  return (block, slow) => {
    const values = room(slow.length)
    const fields = fieldsOf(block, sources)
    if (fields.length === 0) return values.fill(NaN)
    return fillFirst(fields, fill, { values, slow }, merge) ? values : undefined
  }
}

/** Changes the numbers of a column. */
const changed =
  (take: Take, change: (values: Float64Array, slow: Slow, block: Block) => boolean): Take =>
  (block, slow) => {
    const values = take(block, slow)
    return values !== undefined && change(values, slow, block) ? values : undefined
  }

const inUnit = (take: Take, unit: Unit | undefined): Take =>
  unit === undefined
    ? take
    : changed(take, (values) => {
        for (let row = 0; row < values.length; row++) values[row] = inOwnUnit(values[row], unit)
        return true
      })

/** Of ddmm.mmmm. */
const ofMinutes = (take: Take): Take =>
  changed(take, (values, slow) => {
    for (let row = 0; row < values.length; row++) {
      const value = values[row]
      const degrees = degreesOfMinutes(Math.abs(value))
      values[row] = value < 0 ? 0 - degrees : degrees
      if (value === value && degrees !== degrees) slow[row] = 1
    }
    return true
  })

const SIDES: Readonly<Record<'longitude' | 'latitude', readonly [plus: number, minus: number]>> = {
  longitude: [0x45, 0x57],
  latitude: [0x4e, 0x53],
}
/** The bit by which small letters differ from large ones. */
const SMALL = 0x20

/** Of a hemisphere's field with one letter. */
const withSide = (take: Take, source: string, axis: 'longitude' | 'latitude'): Take => {
  const [plus, minus] = SIDES[axis]
  const room = createTextRoom()
  return changed(take, (values, slow, block) => {
    const [field] = fieldsOf(block, [source])
    const texts = field === undefined ? undefined : textsOf(field, slow, room)
    if (texts === undefined) return false
    const { bytes, starts, ends } = texts
    for (let row = 0; row < values.length; row++) {
      const start = starts[row]
      const letter = start >= 0 && ends[row] - start === 1 ? bytes[start] & ~SMALL : 0
      // A minus that contradicts the letter is the slower way's business.
      if (letter === minus) values[row] = 0 - Math.abs(values[row])
      else if (letter !== plus || values[row] < 0) slow[row] = 1
    }
    return true
  })
}

/** @returns undefined where the plan needs the slow way for all rows */
export const columnsReader = (plan: FieldPlan, timeReader: TimeReader): ReadColumns | undefined => {
  const { fields, isAis } = plan
  const sourcesOf = (name: string): readonly string[] => fields.find((field) => field.name === name)?.sources ?? []
  const mark = MARKS[plan.decimal]
  const merge: MergeRoom = {
    values: reuseArray((length) => new Float64Array(length)),
    slow: reuseArray((length) => new Uint8Array(length)),
  }
  const slowRoom = reuseArray((length) => new Uint8Array(length))
  const angles = (axis: 'longitude' | 'latitude'): Take | undefined => {
    const { kind, hemisphere } = plan[axis]
    if (kind !== 'degrees' && kind !== 'minutes') return undefined
    const fill: Fill = (field, values, slow) => fillNumbers(field, values, slow, { mark })
    const plain = takeNumbers({ sources: sourcesOf(axis), fill, merge })
    const degrees = kind === 'minutes' ? ofMinutes(plain) : plain
    return hemisphere === undefined ? degrees : withSide(degrees, hemisphere, axis)
  }
  const motion = (name: 'speed' | 'heading'): Take => {
    const isNone = isAis ? AIS_NONE[name] : undefined
    const fill: Fill = (field, values, slow) => fillNumbers(field, values, slow, { mark, isNone })
    const unit = fields.find((field) => field.name === name)?.unit
    const own = unit === undefined ? undefined : unitNamed(unit, name === 'speed' ? 'speed' : 'angle')
    return inUnit(takeNumbers({ sources: sourcesOf(name), fill, merge }), own)
  }
  const times = timesTaker(plan, timeReader, { mark, merge })
  const [longitudes, latitudes] = [angles('longitude'), angles('latitude')]
  if (times === undefined || longitudes === undefined || latitudes === undefined) return undefined
  const [speeds, headings] = [motion('speed'), motion('heading')]
  const ids = plan.vehicleId === undefined ? textsTaker(sourcesOf('vehicle_id')) : oneText(plan.vehicleId)
  const types = textsTaker(sourcesOf('vehicle_type'))
  const measured = fields
    .filter(({ name }) => !isColumn(name))
    .map((field) => ({ source: field.sources[0], take: measureTaker(field, { mark }) }))
  const hasTypes = sourcesOf('vehicle_type').length > 0

  return (block) => {
    const slow = slowRoom(block.rows).fill(0)
    const [time, longitude, latitude] = [times(block, slow), longitudes(block, slow), latitudes(block, slow)]
    const [speed, heading, id] = [speeds(block, slow), headings(block, slow), ids(block, slow)]
    if (
      time === undefined ||
      longitude === undefined ||
      latitude === undefined ||
      speed === undefined ||
      heading === undefined ||
      id === undefined
    )
      return undefined
    const type = types(block, slow)
    if (hasTypes && type === undefined) return undefined
    const measures: FastMeasure[] = []
    for (const { source, take } of measured) {
      const [field] = fieldsOf(block, [source])
      if (field === undefined) continue
      const measure = take(field, slow)
      if (measure === undefined) return undefined
      measures.push(measure)
    }
    return { slow, eventTime: time, longitude, latitude, speed, heading, ids: id, types: type, measures }
  }
}

const timesTaker = (
  plan: FieldPlan,
  time: TimeReader,
  { mark, merge }: { readonly mark: number; readonly merge: MergeRoom },
): Take | undefined => {
  const sources = plan.fields.find(({ name }) => name === 'event_time')?.sources ?? []
  const fill = timeFill(plan.time, time, { mark, room: createTextRoom() })
  if (fill === undefined) return undefined
  if (!plan.isTimeInTwo) return takeNumbers({ sources, fill, merge })
  const rooms = [createTextRoom(), createTextRoom(), createTextRoom()] as const
  const room = reuseArray((length) => new Float64Array(length))
  return (block, slow) => {
    const parts = fieldsOf(block, sources).map((field, i) => textsOf(field, slow, rooms[i]))
    const [day, clock] = parts
    if (day === undefined || clock === undefined) return undefined
    const values = room(slow.length)
    return fill(joinedTexts(day, clock, slow.length, rooms[2]), values, slow) ? values : undefined
  }
}

type TakeTexts = (block: Block, slow: Slow) => TextField | undefined

const textsTaker = (sources: readonly string[]): TakeTexts => {
  const rooms: TextRoom[] = sources.map(createTextRoom)
  const room = createTextRoom()
  return (block, slow) => {
    const texts = fieldsOf(block, sources).map((field, i) => textsOf(field, slow, rooms[i]))
    if (texts.length === 0 || texts.includes(undefined)) return undefined
    return firstTexts(texts as TextField[], slow, room)
  }
}

const oneText = (text: string): TakeTexts => {
  const bytes = utf8.encode(text)
  const room = createTextRoom()
  return (_, slow) => ({
    kind: 'text',
    bytes,
    starts: room.starts(slow.length).fill(0),
    ends: room.ends(slow.length).fill(bytes.length),
  })
}
