import { type Block, type BlockFault, type Cursor, START, valueOf } from '../formats/block.ts'
import type { Format, Input, ReadOptions } from '../formats/format.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'

/** A row as a test compares it: the fields that it has, by name. */
export type Row = Readonly<Record<string, unknown>>

export interface ReadResult {
  readonly rows: readonly Row[]
  readonly places: readonly number[]
  readonly texts: readonly string[]
  readonly faults: readonly BlockFault[]
  /** Where each block began, and where the last one ends. */
  readonly cursors: readonly Cursor[]
}

export const rowsOfBlock = ({ names, fields, rows }: Block): Row[] =>
  Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      names.map((name, i) => [name, valueOf(fields[i], row)] as const).filter(([, value]) => value !== undefined),
    ),
  )

/** @param chunkBytes of what the input gives at a time */
export const inputOf = (bytes: Uint8Array, { name = 'input', chunkBytes = 64 * 1024 } = {}): Input => ({
  name,
  size: bytes.length,
  read: async function* (from) {
    for (let at = from; at < bytes.length; at += chunkBytes) yield bytes.slice(at, at + chunkBytes)
  },
  file: async () => {
    const path = join(await temporaryFolder(), 'input')
    writeFileSync(path, bytes)
    return path
  },
})

export const readAll = async (
  format: Format,
  input: Input,
  options: Partial<ReadOptions> = {},
): Promise<ReadResult> => {
  const result = {
    rows: [] as Row[],
    places: [] as number[],
    texts: [] as string[],
    faults: [] as BlockFault[],
    cursors: [] as Cursor[],
  }
  const signal = new AbortController().signal
  let last: Cursor | undefined
  for await (const block of format.read(input, { from: START, blockBytes: 1024 * 1024, signal, ...options })) {
    result.rows.push(...rowsOfBlock(block))
    for (let row = 0; row < block.rows; row++) {
      result.places.push(block.places[row])
      result.texts.push(block.textOf(row))
    }
    result.faults.push(...block.faults)
    result.cursors.push(block.from)
    last = block.next
  }
  result.cursors.push(last ?? options.from ?? START)
  return result
}
