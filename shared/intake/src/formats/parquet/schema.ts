import { FleetError } from '@fleetlake/core'
import { bytesOf, type Fields, fieldsOf, numberOf, REPETITION } from '@fleetlake/columnar/parquet/parts'
import { type LeafForm, leafFormOf } from './leaf-form.ts'

/** A column that holds values. */
export interface Leaf {
  /** Its place among the columns of a row group. */
  readonly place: number
  /** Its names from the outermost group on. */
  readonly path: readonly string[]
  readonly form: LeafForm
  /** Of a value that is there; lower ones tell what is missing. */
  readonly maxDefinition: number
  /** 0 where a row has one value at most. */
  readonly maxRepetition: number
}

/** An element of the schema with all that is below it. */
export interface SchemaNode {
  readonly name: string
  readonly path: readonly string[]
  readonly repetition: 'required' | 'optional' | 'repeated'
  readonly definition: number
  readonly repetitionLevel: number
  /** `LIST` and `MAP` are groups of a repeated one. */
  readonly group: 'struct' | 'list' | 'map'
  readonly children: readonly SchemaNode[]
  readonly leaf: Leaf | undefined
}

const MOST_COLUMNS = 4_096
const MOST_DEPTH = 32

const names = new TextDecoder()

const groupOf = (element: Fields): SchemaNode['group'] => {
  const logical = fieldsOf(element[10])
  const converted = numberOf(element[6] ?? -1)
  if (logical[3] !== undefined || converted === 3) return 'list'
  return logical[2] !== undefined || converted === 1 || converted === 2 ? 'map' : 'struct'
}

const repetitionOf = (element: Fields): SchemaNode['repetition'] => {
  switch (numberOf(element[3] ?? REPETITION.required)) {
    case REPETITION.required:
      return 'required'
    case REPETITION.optional:
      return 'optional'
    case REPETITION.repeated:
      return 'repeated'
    default:
      throw new RangeError('its schema has an element of an unknown repetition')
  }
}

/**
 * The tree that the elements of a schema, which come in depth-first order, make.
 * @returns the columns and groups below the root
 * @throws RangeError for one that is damaged, FleetError `import.invalid` for one that is too large
 */
export const readSchema = (elements: readonly Fields[]): readonly SchemaNode[] => {
  let [at, place] = [1, 0]
  const nodeIn = (parent: Pick<SchemaNode, 'path' | 'definition' | 'repetitionLevel'>, depth: number): SchemaNode => {
    if (at >= elements.length) throw new RangeError('its schema ends too early')
    if (depth > MOST_DEPTH)
      throw new FleetError('import.invalid', `its columns are nested more than ${MOST_DEPTH} deep`)
    const element = elements[at++]
    const name = names.decode(bytesOf(element[4])?.subarray(0, 1_024))
    const repetition = repetitionOf(element)
    const self = {
      name,
      path: [...parent.path, name],
      definition: parent.definition + (repetition === 'required' ? 0 : 1),
      repetitionLevel: parent.repetitionLevel + (repetition === 'repeated' ? 1 : 0),
    }
    const count = Math.max(0, numberOf(element[5] ?? 0))
    if (element[1] !== undefined && count === 0) {
      if (place >= MOST_COLUMNS) throw new FleetError('import.invalid', `it has more than ${MOST_COLUMNS} columns`)
      const { path, definition, repetitionLevel } = self
      const form = leafFormOf(element)
      const leaf = { place: place++, path, form, maxDefinition: definition, maxRepetition: repetitionLevel }
      return { ...self, repetition, group: 'struct', children: [], leaf }
    }
    const children: SchemaNode[] = []
    for (let i = 0; i < count; i++) children.push(nodeIn(self, depth + 1))
    if (children.length === 0) throw new RangeError(`its schema has an empty group, ${name}`)
    return { ...self, repetition, group: groupOf(element), children, leaf: undefined }
  }
  if (elements.length === 0) throw new RangeError('it has no schema')
  const root = { path: [], definition: 0, repetitionLevel: 0 }
  const count = numberOf(elements[0][5] ?? 0)
  const columns: SchemaNode[] = []
  for (let i = 0; i < count; i++) columns.push(nodeIn(root, 1))
  return columns
}

/** All columns with values at or below a node. */
export const leavesOf = (node: SchemaNode): readonly Leaf[] =>
  node.leaf === undefined ? node.children.flatMap(leavesOf) : [node.leaf]

/** A field of the input: a column of one value a row, or one of lists and maps. */
export type ParquetColumn =
  | { readonly name: string; readonly leaf: Leaf }
  | { readonly name: string; readonly node: SchemaNode; readonly leaves: readonly Leaf[] }

/** Structs are flattened: `a.b`. No name twice. */
export const columnsOf = (nodes: readonly SchemaNode[]): readonly ParquetColumn[] => {
  const taken = new Set<string>()
  const free = (path: readonly string[]): string => {
    let name = path.join('.')
    while (taken.has(name)) name = `${name}_`
    taken.add(name)
    return name
  }
  const columnsIn = (node: SchemaNode): readonly ParquetColumn[] => {
    if (node.repetition === 'repeated' || node.group !== 'struct')
      return [{ name: free(node.path), node, leaves: leavesOf(node) }]
    return node.leaf === undefined ? node.children.flatMap(columnsIn) : [{ name: free(node.path), leaf: node.leaf }]
  }
  return nodes.flatMap(columnsIn)
}
