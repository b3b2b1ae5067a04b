import type { Field } from '../block.ts'
import { checkCrs, readGeoMetadata } from '../geo-metadata.ts'
import { isPlace, PLACE } from '../place-names.ts'
import type { RandomFile } from '../random-file.ts'
import { pointsOf } from '../wkb.ts'
import { bytesMaker, fieldMakerOf, valueIn } from './fields.ts'
import { assembleRows } from './lists.ts'
import type { Footer, RowGroup } from './read-footer.ts'
import { createLeafReader, createListReader, type LeafOptions, type Room } from './read-leaf.ts'
import { createSpares, type Spares } from './spares.ts'
import { columnsOf, type Leaf, type ParquetColumn } from './schema.ts'

/** A column, or one of geometries, which gives two fields. */
export interface FieldSource {
  readonly names: readonly string[]
  readonly leaves: readonly Leaf[]
  open(group: RowGroup, from: SourceFile): GroupReader
}

export interface SourceFile {
  readonly file: RandomFile
  readonly readBytes: number
  readonly room: Room
}

/** Reads the fields of a row group. */
export interface GroupReader {
  pass(rows: number): Promise<void>
  /** One a name; valid until the next ones are taken. */
  take(rows: number): Promise<readonly Field[]>
}

const optionsOf = (
  leaf: Leaf,
  group: RowGroup,
  { file, readBytes, room }: SourceFile,
  spares: Spares,
): LeafOptions => ({
  file,
  leaf,
  chunk: group.chunkOf(leaf),
  readBytes,
  room,
  spares,
})

const leafSource = (name: string, leaf: Leaf): FieldSource => {
  const [make, spares] = [fieldMakerOf(leaf), createSpares()]
  return {
    names: [name],
    leaves: [leaf],
    open: (group, from) => {
      const reader = createLeafReader(optionsOf(leaf, group, from, spares))
      return { pass: reader.pass, take: async (rows) => [make(await reader.take(rows), rows)] }
    },
  }
}

const geometrySource = (leaf: Leaf): FieldSource => {
  const [make, spares] = [bytesMaker(), createSpares()]
  return {
    names: PLACE,
    leaves: [leaf],
    open: (group, from) => {
      const reader = createLeafReader(optionsOf(leaf, group, from, spares))
      return {
        pass: reader.pass,
        take: async (rows) => {
          const { longitude, latitude } = pointsOf(make(await reader.take(rows), rows), rows)
          return [
            { kind: 'number', values: longitude },
            { kind: 'number', values: latitude },
          ]
        },
      }
    },
  }
}

const listSource = ({ name, node, leaves }: Extract<ParquetColumn, { node: unknown }>): FieldSource => ({
  names: [name],
  leaves,
  open: (group, from) => {
    const readers = leaves.map((leaf) => createListReader(optionsOf(leaf, group, from, createSpares()), valueIn(leaf)))
    return {
      pass: async (rows) => {
        for (const reader of readers) await reader.pass(rows)
      },
      take: async (rows) => {
        const columns = []
        for (const reader of readers) columns.push(await reader.take(rows))
        return [{ kind: 'value', values: assembleRows(node, columns, rows) }]
      },
    }
  },
})

type LeafColumn = Extract<ParquetColumn, { leaf: unknown }>

/**
 * The fields of a file. Where it has no columns of longitude and latitude, its geometries are these; they and the columns that repeat their bounds are no fields of their own.
 * @throws FleetError `import.invalid` for geometries that are no longitudes and latitudes
 */
export const fieldSourcesOf = ({ schema, metadata }: Footer): readonly FieldSource[] => {
  const columns = columnsOf(schema)
  const geo = readGeoMetadata(metadata.get('geo'))
  const hasPlace = isPlace(columns.map(({ name }) => name))
  const isGeometry = (column: ParquetColumn): column is LeafColumn =>
    'leaf' in column &&
    column.leaf.form.physical === 'bytes' &&
    (geo === undefined
      ? column.leaf.form.meaning.kind === 'geometry'
      : geo.encoding === 'wkb' && column.name === geo.column)
  const geometry = columns.find(isGeometry)
  const isCovering = (top: string): boolean =>
    geo !== undefined && (geo.coverings.includes(top) || (geo.encoding === 'point' && hasPlace && top === geo.column))
  const sources = columns.flatMap((column): FieldSource[] => {
    if (!('leaf' in column)) return [listSource(column)]
    if (column === geometry) return hasPlace ? [] : [geometrySource(column.leaf)]
    const { path } = column.leaf
    if (isCovering(path[0])) return []
    const isPoint = geo?.encoding === 'point' && path.length === 2 && path[0] === geo.column
    const place = isPoint ? ['x', 'y'].indexOf(path[1]) : -1
    return [leafSource(place < 0 ? column.name : PLACE[place], column.leaf)]
  })
  if (!hasPlace) {
    geo?.check()
    const meaning = geometry?.leaf.form.meaning
    if (geo === undefined && meaning?.kind === 'geometry') checkCrs(geometry!.name, meaning.crs)
  }
  return sources
}
