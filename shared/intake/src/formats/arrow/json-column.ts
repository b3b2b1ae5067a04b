import {
  type Batch,
  type ColumnPlace,
  createJsonOutput,
  type JsonSource,
  jsonWriter,
  type NestedColumn,
} from '@fleetlake/columnar/arrow/parts'
import type { BatchReader } from './batch-reader.ts'
import type { FieldSource } from './field-source.ts'
import { firstBufferOf, type Mask } from './read-values.ts'

/** Of a column of a record batch, which is held as a whole. */
const MOST_COLUMN_BYTES = 128 * 1024 * 1024
/** Characters that some rows of a column, or a dictionary, are written out to. */
const MOST_TEXT = 64 * 1024 * 1024
const NULL = 'null'

const lastNode = ({ node, children }: NestedColumn): number => Math.max(node, ...children.map(lastNode))

/** A column that has others within it, or whose type is rare. */
export interface JsonColumnOptions {
  readonly name: string
  readonly column: NestedColumn
  /** All columns of the schema, those within others included. */
  readonly all: readonly ColumnPlace[]
  readonly maskOf: (batch: BatchReader, rows: { readonly from: number; readonly to: number }) => Promise<Mask>
}

/** Buffers of a batch in memory, side by side. */
const loadBatch = async (
  batch: BatchReader,
  first: number,
  last: number,
): Promise<Pick<JsonSource, 'view' | 'batch'>> => {
  const places: { readonly from: number; readonly to: number }[] = []
  let size = 0
  for (let index = first; index < last; index++) {
    // Arrow pads to eight bytes, which readers of numbers rely on.
    const from = Math.ceil(size / 8) * 8
    size = from + (await batch.size(index))
    if (size > MOST_COLUMN_BYTES)
      throw new RangeError(`it has a column of lists of more than ${MOST_COLUMN_BYTES} bytes in a record batch`)
    places.push({ from, to: size })
  }
  const bytes = new Uint8Array(size)
  for (const [i, { from, to }] of places.entries()) bytes.set(await batch.read(first + i, 0, to - from), from)
  const held: Batch = {
    count: batch.rows,
    node: batch.node,
    viewBuffers: batch.viewBuffers,
    nullCount: (node) => batch.node(node).nulls,
    buffer: (index, least) => {
      const place = places[index - first]
      if (place === undefined || place.to - place.from < least)
        throw new RangeError('it has a buffer that ends too early')
      return [place.from, place.to]
    },
  }
  return { view: new DataView(bytes.buffer), batch: held }
}

/** The dictionaries that a column refers to, and what their values are. */
function* dictionariesOf({
  children,
  dictionary,
}: NestedColumn): Generator<readonly [id: bigint, values: NestedColumn]> {
  if (dictionary !== undefined) {
    yield* dictionariesOf(dictionary.values)
    yield [dictionary.id, dictionary.values]
  }
  for (const child of children) yield* dictionariesOf(child)
}

/** Lists, maps, unions and others as JSON has them; whole numbers beyond 2^53 within them are texts of their digits. */
export const createJsonColumn = ({ name, column, all, maskOf }: JsonColumnOptions): FieldSource => {
  const kinds = new Map(dictionariesOf(column))
  const dictionaries = new Map<bigint, string[]>()
  const last = lastNode(column)
  const next = all.find(({ node }) => node === last + 1)
  let loaded: { readonly of: BatchReader; readonly source: Pick<JsonSource, 'view' | 'batch'> } | undefined
  return {
    names: [name],
    takeDictionary: async (id, isDelta, batch) => {
      const kind = kinds.get(id)
      if (kind === undefined) return
      const source = await loadBatch(batch, 0, batch.buffers)
      const out = createJsonOutput(MOST_TEXT)
      const write = jsonWriter(kind, { ...source, dictionaries, out })
      const texts = isDelta ? (dictionaries.get(id) ?? []) : []
      for (let row = 0; row < batch.rows; row++) {
        write(row)
        texts.push(out.take())
      }
      dictionaries.set(id, texts)
    },
    take: async (batch, from, to) => {
      const mask = await maskOf(batch, { from, to })
      if (loaded?.of !== batch) {
        const end = next === undefined ? batch.buffers : firstBufferOf(batch, next)
        loaded = { of: batch, source: await loadBatch(batch, firstBufferOf(batch, column), end) }
      }
      const out = createJsonOutput(MOST_TEXT)
      const write = jsonWriter(column, { ...loaded.source, dictionaries, out })
      const values = Array.from({ length: to - from }, (_, i): unknown => {
        if (mask !== undefined && mask[i] === 0) return undefined
        write(from + i)
        const text = out.take()
        return text === NULL ? undefined : JSON.parse(text)
      })
      return [{ kind: 'value', values }]
    },
  }
}
