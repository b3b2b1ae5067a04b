import { FleetError } from '@fleetlake/core'
import type { Block } from '../block.ts'
import { createRowCounter, type RowCounter } from '../building/count-rows.ts'
import type { Input, ReadOptions } from '../format.ts'
import { createXmlReader, type XmlListener } from './xml-reader.ts'

/** What a format makes of a document's elements. */
export type RowListener = (rows: RowCounter, position: () => number) => XmlListener

/** The rows of an XML document. One that breaks off, or is not well-formed further on, gives the rows before that. */
export async function* readXmlRows(
  input: Input,
  { from, blockBytes, signal }: ReadOptions,
  listenerOf: RowListener,
): AsyncGenerator<Block> {
  const rows = createRowCounter({ from, blockBytes })
  const reader = createXmlReader(
    listenerOf(rows, () => reader.position()),
    input.name,
  )
  try {
    for await (const bytes of input.read(0, signal)) {
      reader.write(bytes)
      yield* rows.take()
    }
    reader.end()
  } catch (error) {
    if (error instanceof FleetError) yield* rows.finish()
    throw error
  }
  yield* rows.finish()
}
