import { type ColumnPlace, createColumnWalk, type FlatTable, type NestedColumn } from '@fleetlake/columnar/arrow/parts'
import { Type } from 'apache-arrow/fb/type'
import type { Field } from '../block.ts'
import { type GeoMetadata, readGeoMetadata } from '../geo-metadata.ts'
import { PLACE, isPlace } from '../place-names.ts'
import { pointsOf } from '../wkb.ts'
import type { BatchReader } from './batch-reader.ts'
import { columnFormOf, type ColumnForm } from './column-form.ts'
import type { FieldSource } from './field-source.ts'
import { countOf, gatherField, joinFields } from './gather.ts'
import { createJsonColumn } from './json-column.ts'
import {
  bothMasks,
  createRooms,
  firstBufferOf,
  type Mask,
  readBytes,
  readMask,
  readValues,
  type Rooms,
} from './read-values.ts'

/** A column within structs, whose rows are missing where a struct is. */
interface FlatColumn {
  readonly path: readonly string[]
  readonly column: NestedColumn
  readonly parents: readonly NestedColumn[]
}

/** `Type` has it with an underscore. */
const STRUCT = 13
/** Values of a dictionary. */
const MOST_DICTIONARY = 1 << 24

const flatten = (column: NestedColumn, path: readonly string[], parents: readonly NestedColumn[]): FlatColumn[] => {
  const own = [...path, column.name]
  if (column.type !== STRUCT || column.dictionary !== undefined || column.children.length === 0)
    return [{ path: own, column, parents }]
  return column.children.flatMap((child) => flatten(child, own, [...parents, column]))
}

const maskOf = async (
  { column, parents }: FlatColumn,
  batch: BatchReader,
  rows: { readonly from: number; readonly to: number; readonly rooms: Rooms },
): Promise<Mask> => {
  let mask: Mask
  for (const each of [...parents, column]) {
    if (each.type === Type.Null) continue
    mask = bothMasks(mask, await readMask({ batch, first: firstBufferOf(batch, each), ...rows }, each.node))
  }
  return mask
}

const plainSource = (name: string, flat: FlatColumn, form: ColumnForm): FieldSource => {
  const rooms = createRooms()
  return {
    names: [name],
    takeDictionary: async () => {},
    take: async (batch, from, to) => {
      const { column } = flat
      const mask = await maskOf(flat, batch, { from, to, rooms })
      const slice = { batch, first: firstBufferOf(batch, column), from, to, rooms }
      return [await readValues(slice, form, mask, column.viewsBefore)]
    },
  }
}

const noDictionary = (): RangeError => new RangeError('it has a column whose dictionary is missing')

const dictionarySource = (
  name: string,
  flat: FlatColumn,
  { id, index, values }: NonNullable<NestedColumn['dictionary']>,
  form: ColumnForm,
): FieldSource => {
  let known: Field | undefined
  const rooms = createRooms()
  const indexForm = {
    kind: 'whole',
    bits: (index?.int32(0) ?? 32) as 8 | 16 | 32 | 64,
    isSigned: index?.bool(1) ?? true,
  } as const
  if (![8, 16, 32, 64].includes(indexForm.bits)) throw new RangeError('it has indexes of an unknown size')
  return {
    names: [name],
    takeDictionary: async (of, isDelta, batch) => {
      if (of !== id) return
      if (batch.rows > MOST_DICTIONARY)
        throw new RangeError(`it has a dictionary of more than ${MOST_DICTIONARY} values`)
      // Of its own: it is kept.
      const rows = { from: 0, to: batch.rows, rooms: createRooms() }
      const mask = await maskOf({ path: [], column: values, parents: [] }, batch, rows)
      const slice = { batch, first: firstBufferOf(batch, values), ...rows }
      const added = await readValues(slice, form, mask, values.viewsBefore)
      known = isDelta && known !== undefined ? joinFields(known, added) : added
      if (countOf(known) > MOST_DICTIONARY)
        throw new RangeError(`it has a dictionary of more than ${MOST_DICTIONARY} values`)
    },
    take: async (batch, from, to) => {
      const { column } = flat
      const mask = await maskOf(flat, batch, { from, to, rooms })
      const slice = { batch, first: firstBufferOf(batch, column), from, to, rooms }
      const indexes = await readValues(slice, indexForm, mask, column.viewsBefore)
      const places = placesOf(indexes, known === undefined ? 0 : countOf(known))
      return [gatherField(known ?? { kind: 'value', values: [] }, places)]
    },
  }
}

/** @param count of the values that there are */
const placesOf = (indexes: Field, count: number): Int32Array => {
  if (indexes.kind !== 'number') throw noDictionary()
  const places = new Int32Array(indexes.values.length)
  for (let i = 0; i < places.length; i++) {
    const value = indexes.values[i]
    if (value !== value) places[i] = -1
    else if (value >= 0 && value < count) places[i] = value
    else throw count === 0 ? noDictionary() : new RangeError('it has a value that is not in its dictionary')
  }
  return places
}

type BytesForm = Extract<ColumnForm, { kind: 'offsets' | 'views' }>

const geometrySource = (flat: FlatColumn, form: BytesForm): FieldSource => {
  const rooms = createRooms()
  return {
    names: PLACE,
    takeDictionary: async () => {},
    take: async (batch, from, to) => {
      const { column } = flat
      const mask = await maskOf(flat, batch, { from, to, rooms })
      const slice = { batch, first: firstBufferOf(batch, column), from, to, rooms }
      const { longitude, latitude } = pointsOf(await readBytes(slice, form, mask, column.viewsBefore), to - from)
      return [
        { kind: 'number', values: longitude },
        { kind: 'number', values: latitude },
      ]
    },
  }
}

const placesIn = (column: NestedColumn): readonly ColumnPlace[] => [column, ...column.children.flatMap(placesIn)]

const sourceOf = (name: string, flat: FlatColumn, all: readonly ColumnPlace[]): FieldSource => {
  const { column } = flat
  const values = column.dictionary?.values ?? column
  const form = columnFormOf(values)
  const rooms = createRooms()
  if (form === undefined)
    return createJsonColumn({ name, column, all, maskOf: (batch, rows) => maskOf(flat, batch, { ...rows, rooms }) })
  return column.dictionary === undefined
    ? plainSource(name, flat, form)
    : dictionarySource(name, flat, column.dictionary, form)
}

const texts = new TextDecoder()
const LITTLE = 0

/** Where a schema and a field have their metadata. */
const [OF_SCHEMA, OF_FIELD] = [2, 6]

const metadataOf = (table: FlatTable, slot: number, key: string): string | undefined => {
  const pairs = table.vector(slot, 4)
  for (let i = 0; i < Math.min(pairs.length, 1_000); i++) {
    const pair = pairs.table(i)
    if (texts.decode(pair.text(0).subarray(0, 64)) === key) return texts.decode(pair.text(1))
  }
  return undefined
}

const isBytes = (form: ColumnForm | undefined): form is BytesForm => form?.kind === 'offsets' || form?.kind === 'views'

const LONGEST_UNIT = 40

/** The units that fields say of themselves, by name, as our own exports have them. */
export const unitsOf = (schema: FlatTable): ReadonlyMap<string, string> => {
  const fields = schema.vector(1, 4)
  const units = new Map<string, string>()
  for (let i = 0; i < fields.length; i++) {
    const field = fields.table(i)
    const unit = metadataOf(field, OF_FIELD, 'unit')
    if (unit !== undefined && unit.length <= LONGEST_UNIT) units.set(texts.decode(field.text(0)), unit)
  }
  return units
}

/** As a name of each column; no name twice. */
const named = (flats: readonly FlatColumn[]): readonly (FlatColumn & { readonly name: string })[] => {
  const taken = new Set<string>()
  return flats.map((flat) => {
    let name = flat.path.join('.')
    while (taken.has(name)) name = `${name}_`
    taken.add(name)
    return { ...flat, name }
  })
}

const nameWithin = (geo: GeoMetadata | undefined, { name, path }: FlatColumn & { readonly name: string }): string => {
  const place = geo?.encoding === 'point' && path[0] === geo.column ? ['x', 'y'].indexOf(path[1]) : -1
  return place < 0 ? name : PLACE[place]
}

/** The fields of a schema. Where it has no columns of longitude and latitude, its geometries are these, as in GeoParquet. */
export const fieldSourcesOf = (schema: FlatTable, version: number): readonly FieldSource[] => {
  if (schema.int16(0) !== LITTLE) throw new RangeError('it is big-endian: write it in little-endian')
  const fields = schema.vector(1, 4)
  const columnOf = createColumnWalk(version)
  const tops: NestedColumn[] = []
  for (let i = 0; i < fields.length; i++) tops.push(columnOf(fields.table(i)))
  const all = tops.flatMap(placesIn)
  const columns = named(tops.flatMap((column) => flatten(column, [], [])))
  const geo = readGeoMetadata(metadataOf(schema, OF_SCHEMA, 'geo'))
  const hasPlace = isPlace(columns.map(({ name }) => name))
  if (!hasPlace) geo?.check()
  return columns.flatMap((flat): FieldSource[] => {
    const form = columnFormOf(flat.column)
    const isGeometry = geo !== undefined && flat.path[0] === geo.column
    if (isGeometry && hasPlace) return []
    if (isGeometry && geo.encoding === 'wkb' && isBytes(form) && flat.column.dictionary === undefined)
      return [geometrySource(flat, form)]
    return [sourceOf(nameWithin(geo, flat), flat, all)]
  })
}
