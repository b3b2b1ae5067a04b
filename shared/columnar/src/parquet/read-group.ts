import { type ChunkRows } from '../rows/chunk-rows.ts'
import { textsToStrings } from '../rows/text-list.ts'
import type { Arena } from './arena.ts'
import { CHUNK_COLUMNS } from '../rows/chunk-columns.ts'
import { type Column, readFloats, readMicros, readTexts, readTimes } from './read-columns.ts'
import type { ColumnChunk, RowGroup } from './read-footer.ts'

const once = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined
  return () => (made ??= { value: make() }).value
}

/** A file's bytes from `start` on. */
export interface FilePart {
  readonly bytes: Uint8Array
  readonly start: number
}

/**
 * The rows of a row group, each column unpacked when it is first asked for: of rows that nobody wants only the columns that say so.
 * @param arena holds the columns; whoever reads the next row group into it is done with these
 */
export const rowsOfGroup = (group: RowGroup, { bytes, start }: FilePart, arena: Arena): ChunkRows => {
  const { rows } = group
  const chunkOf = (name: string): ColumnChunk | undefined => group.columns[CHUNK_COLUMNS.indexOf(name)]
  const column = (name: string): Column => {
    const chunk = chunkOf(name)
    if (chunk === undefined) throw new RangeError(`it has no column ${name}`)
    const from = chunk.offset - start
    if (!(from >= 0 && chunk.bytes >= 0 && from + chunk.bytes <= bytes.length)) {
      throw new RangeError(`the column ${name} reaches beyond the file`)
    }
    return { name, chunk, bytes: bytes.subarray(from, from + chunk.bytes), rows }
  }
  const filled = <Values>(values: Values, fill: (values: Values) => void): Values => {
    fill(values)
    return values
  }
  const textColumn = (name: string) =>
    once(() => {
      const codes = arena.int32s(name, rows)
      return { codes, texts: readTexts(column(name), codes) }
    })
  const int32Column = (name: string) =>
    once(() => filled(arena.int32s(name, rows), (values) => readMicros(column(name), values)))
  const floatColumn = (name: string) =>
    once(() =>
      filled(arena.float32s(name, rows), (values) => {
        if (chunkOf(name) === undefined) values.fill(NaN)
        else readFloats(column(name), values)
      }),
    )

  const ids = textColumn('vehicle_id')
  const types = textColumn('vehicle_type')
  const typeNames = once(() => textsToStrings(types().texts))
  const times = once(() =>
    filled(arena.float64s('event_time', rows), (values) => readTimes(column('event_time'), values)),
  )
  const [longitude, latitude] = [int32Column('longitude'), int32Column('latitude')]
  const [speed, heading] = [floatColumn('speed'), floatColumn('heading')]
  return {
    length: rows,
    get vehicle() {
      return ids().codes
    },
    get vehicleIds() {
      return ids().texts
    },
    get vehicleType() {
      return types().codes
    },
    get vehicleTypes() {
      return typeNames()
    },
    get eventTime() {
      return times()
    },
    get longitude() {
      return longitude()
    },
    get latitude() {
      return latitude()
    },
    get speed() {
      return speed()
    },
    get heading() {
      return heading()
    },
  }
}
