import { type Column as TableColumn, COLUMNS, type ColumnName, placeOfColumn } from '../columns.ts'
import { lazyRows, type Rows } from '../rows/rows.ts'
import { type Texts, textsToStrings } from '../rows/text-list.ts'
import type { Arena } from './arena.ts'
import type { MeasureSpec, MeasureType } from '../measures.ts'
import { emptyMeasure, isTextMeasure, lazyMeasures, type MeasureColumn } from '../rows/measure-columns.ts'
import { type Column, readFloats, readMeasure, readMicros, readTexts, readTimes } from './read-columns.ts'
import type { ColumnChunk, RowGroup } from './read-footer.ts'
import type { FilePart } from './span.ts'

const ID = COLUMNS[placeOfColumn('vehicle_id')].name
const TYPE = COLUMNS[placeOfColumn('vehicle_type')].name

const WIDER: Readonly<Partial<Record<MeasureType, readonly MeasureType[]>>> = {
  int: ['long', 'double'],
  long: ['double'],
  float: ['double'],
}

/** Whether every value of a type is one of another, of whole numbers up to 2^53, beyond which none is read. */
export const isWidened = (from: MeasureType, to: MeasureType): boolean =>
  from === to || (WIDER[from]?.includes(to) ?? false)

/**
 * The rows of a row group, each column unpacked when it is first asked for: of rows that are not wanted only the columns that say so.
 * @param arena holds the columns; when the next row group is read into it, these are overwritten
 * @param measures those that the rows are to have, in this order; one that the file lacks has no values. Where a column can't be widened to the wanted type,
 * asking for it throws a RangeError.
 */
export const rowsOfGroup = (
  group: RowGroup,
  { bytes, start }: FilePart,
  arena: Arena,
  measures: readonly MeasureSpec[] = [],
): Rows => {
  const { rows } = group
  const sourceOf = (name: ColumnName): Column | undefined => {
    const chunk = group.columns[placeOfColumn(name)]
    return chunk && partOf(name, chunk)
  }
  const partOf = (name: string, chunk: ColumnChunk): Column => {
    const from = chunk.offset - start
    if (!(from >= 0 && chunk.bytes >= 0 && from + chunk.bytes <= bytes.length)) {
      throw new RangeError(`the column ${name} reaches beyond the file`)
    }
    return { name, chunk, bytes: bytes.subarray(from, from + chunk.bytes), rows }
  }
  const present = (name: ColumnName): Column => {
    const source = sourceOf(name)
    if (source === undefined) throw new RangeError(`it has no column ${name}`)
    return source
  }
  const texts = new Map<ColumnName, { readonly codes: Int32Array; readonly texts: Texts }>()
  const textsOf = (name: ColumnName): { readonly codes: Int32Array; readonly texts: Texts } => {
    let found = texts.get(name)
    if (found === undefined) {
      const codes = arena.int32s(name, rows)
      found = { codes, texts: readTexts(present(name), codes) }
      texts.set(name, found)
    }
    return found
  }
  const column = ({ name, kind }: TableColumn): Int32Array | Float64Array | Float32Array => {
    switch (kind) {
      case 'id':
      case 'label':
        return textsOf(name).codes
      case 'instant': {
        const times = arena.float64s(name, rows)
        readTimes(present(name), times)
        return times
      }
      case 'degrees': {
        const micros = arena.int32s(name, rows)
        readMicros(present(name), micros)
        return micros
      }
      case 'float': {
        const floats = arena.float32s(name, rows)
        const source = sourceOf(name)
        if (source === undefined) floats.fill(NaN)
        else readFloats(source, floats)
        return floats
      }
    }
  }
  const measureOf = (spec: MeasureSpec): MeasureColumn => {
    const chunk = group.measures.get(spec.name)
    if (chunk === undefined) return emptyMeasure(spec, rows)
    if (!isWidened(chunk.spec.type, spec.type)) {
      throw new RangeError(`its column ${spec.name} is of type ${chunk.spec.type}, not ${spec.type}`)
    }
    const empty = emptyMeasure(spec, 0)
    const source = partOf(spec.name, chunk)
    if (isTextMeasure(empty)) {
      const codes = arena.int32s(`measure ${spec.name}`, rows).subarray(0, rows)
      return { ...empty, codes, texts: readTexts(source, codes, true) }
    }
    const values = arena.float64s(`measure ${spec.name}`, rows).subarray(0, rows)
    readMeasure(source, chunk.spec.type, values)
    return { ...empty, values }
  }
  return lazyRows(rows, {
    vehicleIds: () => textsOf(ID).texts,
    vehicleTypes: () => textsToStrings(textsOf(TYPE).texts),
    column,
    measures: () => lazyMeasures(measures.length, (place) => measureOf(measures[place])),
  })
}
