import type { Entries } from './read-leaf.ts'
import type { Leaf, SchemaNode } from './schema.ts'

/** Where the reading of a column's entries is. */
interface Cursor {
  readonly entries: Entries
  at: number
  valueAt: number
}

const damaged = (): RangeError => new RangeError('it has lists whose columns do not fit to each other')

const firstLeaf = (node: SchemaNode): Leaf => {
  let first = node
  while (first.leaf === undefined) first = first.children[0]
  return first.leaf
}

/**
 * A list is a group with one repeated member, whose only member is the element as a rule.
 * https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists
 */
const elementOf = (list: SchemaNode, repeated: SchemaNode): SchemaNode => {
  const isElement =
    repeated.leaf !== undefined ||
    repeated.children.length !== 1 ||
    repeated.name === 'array' ||
    repeated.name === `${list.name}_tuple`
  return isElement ? repeated : repeated.children[0]
}

/**
 * Values of the rows of a column with lists or maps: lists are arrays, structs and maps of texts objects, other maps arrays of `{ key, value }`.
 * Invariant: what each column says is used once, and none is read beyond its end.
 * @param columns of the node, in its order
 * @throws RangeError for columns that do not fit to each other
 */
export const assembleRows = (node: SchemaNode, columns: readonly Entries[], rows: number): unknown[] => {
  const cursors = new Map(columns.map((entries): [Leaf, Cursor] => [entries.leaf, { entries, at: 0, valueAt: 0 }]))
  const cursorOf = (of: SchemaNode): Cursor => cursors.get(firstLeaf(of))!
  const definitionOf = (of: SchemaNode): number => {
    const { entries, at } = cursorOf(of)
    if (at >= entries.definitions.length) throw damaged()
    return entries.definitions[at]
  }
  const take = (leaf: Leaf): unknown => {
    const cursor = cursors.get(leaf)!
    const { definitions, values } = cursor.entries
    if (cursor.at >= definitions.length) throw damaged()
    return definitions[cursor.at++] === leaf.maxDefinition ? values[cursor.valueAt++] : undefined
  }
  const passAll = (of: SchemaNode): void => {
    if (of.leaf !== undefined) take(of.leaf)
    else for (const child of of.children) passAll(child)
  }
  /** One value of a node that is not repeated, or one of those of a repeated one. */
  const one = (of: SchemaNode): unknown => {
    if (of.leaf !== undefined) return take(of.leaf)
    if (definitionOf(of) < of.definition) {
      passAll(of)
      return undefined
    }
    const [only] = of.children
    if (of.group !== 'struct' && of.children.length === 1 && only.repetition === 'repeated')
      return of.group === 'map' ? mapOf(only) : all(only, elementOf(of, only))
    return Object.fromEntries(of.children.map((child) => [child.name, any(child)]))
  }
  /** All values of a repeated node. */
  const all = (repeated: SchemaNode, element: SchemaNode): unknown[] => {
    const found: unknown[] = []
    if (definitionOf(repeated) < repeated.definition) {
      passAll(repeated)
      return found
    }
    const cursor = cursorOf(repeated)
    do found.push(element === repeated ? one(element) : any(element))
    while (cursor.entries.repetitions[cursor.at] === repeated.repetitionLevel)
    return found
  }
  const any = (of: SchemaNode): unknown => (of.repetition === 'repeated' ? all(of, of) : one(of))
  const mapOf = (repeated: SchemaNode): unknown => {
    const pairs = all(repeated, repeated) as Record<string, unknown>[]
    const [key, value] = repeated.children.map(({ name }) => name)
    if (repeated.children.length !== 2 || !pairs.every((pair) => typeof pair[key] === 'string')) return pairs
    return Object.fromEntries(pairs.map((pair) => [pair[key] as string, pair[value]]))
  }
  const values = Array.from({ length: rows }, () => any(node))
  for (const { entries, at } of cursors.values()) if (at !== entries.definitions.length) throw damaged()
  return values
}
