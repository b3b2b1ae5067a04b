import { Type } from 'apache-arrow/fb/type'
import { UnionMode } from 'apache-arrow/fb/union-mode'
import { createFreeNames } from '../rows/free-names.ts'
import { damaged } from './damaged.ts'
import { firstBuffer } from './foreign-batch.ts'
import {
  type JsonSource,
  type MakeWriter,
  NOTHING,
  offsetsOf,
  type Place,
  wholeReader,
  type WriteJson,
} from './json-source.ts'
import { VALUE_WRITERS } from './json-values.ts'
import { type NestedColumn, STRUCT } from './nested-columns.ts'

/** Values of a column, whatever is within it. */
export const jsonWriter = (column: NestedColumn, source: JsonSource): WriteJson => {
  const { batch, view, out } = source
  const { length, nulls } = batch.node(column.node)
  const first = firstBuffer(batch, column)
  const hasValidity =
    column.type !== Type.Null &&
    column.type !== Type.RunEndEncoded &&
    (column.type !== Type.Union || column.hasUnionValidity)
  const validity = hasValidity && nulls > 0 && length > 0 ? batch.buffer(first, Math.ceil(length / 8))[0] : undefined
  let write: WriteJson | undefined
  return (row) => {
    if (row < 0 || row >= length) throw damaged('a list reaches beyond its values')
    if (validity !== undefined && ((view.getUint8(validity + Math.floor(row / 8)) >> (row % 8)) & 1) === 0) {
      out.push(NOTHING)
      return
    }
    // Of columns that no row has a value of nothing is looked at.
    write ??= valueWriter(column, source, { first, length })
    write(row)
  }
}

const valueWriter = (column: NestedColumn, source: JsonSource, place: Place): WriteJson => {
  const { type, dictionary } = column
  if (dictionary !== undefined) return indexWriter(dictionary, source, place)
  const make = WRITERS[type]
  if (make === undefined) throw damaged(`a column of type ${type}`)
  return make(column, source, place)
}

const indexWriter = (
  { id, index }: NonNullable<NestedColumn['dictionary']>,
  { batch, view, dictionaries, out }: JsonSource,
  { first, length }: Place,
): WriteJson => {
  const { bytes, read } = wholeReader(index?.int32(0) ?? 32, index?.bool(1) ?? true)
  const [values] = batch.buffer(first + 1, bytes * length)
  const texts = dictionaries.get(id) ?? []
  return (row) => {
    const text = texts[Number(read(view, values + bytes * row))]
    if (text === undefined) throw damaged('a value is not in its dictionary')
    out.push(text)
  }
}

const childOf = ({ children }: NestedColumn, index: number): NestedColumn => {
  const child = children[index]
  if (child === undefined) throw damaged('a column lacks what is within it')
  return child
}

type RangeOf = (row: number) => readonly [from: number, to: number]

const listOf = (range: RangeOf, write: WriteJson, { out }: JsonSource): WriteJson => {
  return (row) => {
    const [from, to] = range(row)
    if (from < 0 || to < from) throw damaged('a list reaches beyond its values')
    out.push('[')
    for (let i = from; i < to; i++) {
      if (i > from) out.push(',')
      write(i)
    }
    out.push(']')
  }
}

const list =
  (bytes: 4 | 8): MakeWriter =>
  (column, source, { first, length }) => {
    const offsetAt = offsetsOf(source, first + 1, { bytes, count: length + 1 })
    return listOf((row) => [offsetAt(row), offsetAt(row + 1)], jsonWriter(childOf(column, 0), source), source)
  }

const listView =
  (bytes: 4 | 8): MakeWriter =>
  (column, source, { first, length }) => {
    const offsetAt = offsetsOf(source, first + 1, { bytes, count: length })
    const sizeAt = offsetsOf(source, first + 2, { bytes, count: length })
    const range: RangeOf = (row) => [offsetAt(row), offsetAt(row) + sizeAt(row)]
    return listOf(range, jsonWriter(childOf(column, 0), source), source)
  }

const fixedList: MakeWriter = (column, source) => {
  const size = column.details?.int32(0) ?? 0
  return listOf((row) => [size * row, size * (row + 1)], jsonWriter(childOf(column, 0), source), source)
}

const struct: MakeWriter = ({ children }, source) => {
  const { out } = source
  const freeName = createFreeNames()
  const members = children.map((child) => ({
    key: `${JSON.stringify(freeName(child.name))}:`,
    write: jsonWriter(child, source),
  }))
  return (row) => {
    out.push('{')
    members.forEach(({ key, write }, i) => {
      out.push(i === 0 ? key : `,${key}`)
      write(row)
    })
    out.push('}')
  }
}

const TEXT_TYPES = new Set<number>([Type.Utf8, Type.LargeUtf8, Type.Utf8View])

/** An object where the keys are texts, else a list of pairs. */
const map: MakeWriter = (column, source, { first, length }) => {
  const { out } = source
  const entries = childOf(column, 0)
  const [key, value] = [childOf(entries, 0), childOf(entries, 1)]
  const [writeKey, writeValue] = [jsonWriter(key, source), jsonWriter(value, source)]
  const offsetAt = offsetsOf(source, first + 1, { bytes: 4, count: length + 1 })
  const isObject = TEXT_TYPES.has(key.type)
  return (row) => {
    const [from, to] = [offsetAt(row), offsetAt(row + 1)]
    if (from < 0 || to < from) throw damaged('a map reaches beyond its values')
    const freeName = createFreeNames()
    out.push(isObject ? '{' : '[')
    for (let i = from; i < to; i++) {
      const text = out.captured(() => writeKey(i))
      const comma = i > from ? ',' : ''
      // What stands between the quotation marks is one text of one name.
      if (isObject) out.push(`${comma}"${freeName(text === NOTHING ? NOTHING : text.slice(1, -1))}":`)
      else out.push(`${comma}[${text},`)
      writeValue(i)
      if (!isObject) out.push(']')
    }
    out.push(isObject ? '}' : ']')
  }
}

const union: MakeWriter = (column, source, { first, length }) => {
  const { batch, view } = source
  const types = column.details?.vector(1, 4)
  const at = first + (column.hasUnionValidity ? 1 : 0)
  const [kinds] = batch.buffer(at, length)
  const isDense = column.details?.int16(0) === UnionMode.Dense
  const offsetAt = isDense ? offsetsOf(source, at + 1, { bytes: 4, count: length }) : (row: number): number => row
  const ids = Array.from({ length: column.children.length }, (_, i) =>
    types === undefined || types.length === 0 ? i : types.int32(i),
  )
  const writers = new Map(ids.map((id, i) => [id, jsonWriter(column.children[i], source)]))
  return (row) => {
    const write = writers.get(view.getInt8(kinds + row))
    if (write === undefined) throw damaged('a value is of a type that its column does not have')
    write(offsetAt(row))
  }
}

/** Each run's value once, with the row at which the next begins. */
const runs: MakeWriter = (column, source) => {
  const { batch, view } = source
  const ends = childOf(column, 0)
  const { bytes, read } = wholeReader(ends.details?.int32(0) ?? 32, ends.details?.bool(1) ?? true)
  const { length: count } = batch.node(ends.node)
  const [at] = batch.buffer(firstBuffer(batch, ends) + 1, bytes * count)
  const write = jsonWriter(childOf(column, 1), source)
  return (row) => {
    let [low, high] = [0, count]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (Number(read(view, at + bytes * middle)) <= row) low = middle + 1
      else high = middle
    }
    write(low)
  }
}

const WRITERS: Partial<Record<number, MakeWriter>> = {
  ...VALUE_WRITERS,
  [Type.List]: list(4),
  [Type.LargeList]: list(8),
  [Type.ListView]: listView(4),
  [Type.LargeListView]: listView(8),
  [Type.FixedSizeList]: fixedList,
  [STRUCT]: struct,
  [Type.Map]: map,
  [Type.Union]: union,
  [Type.RunEndEncoded]: runs,
}
