import { looksLikePositions } from '../../fields/looks-like-positions.ts'
import type { Dialect } from './dialect.ts'

/** The dialect of the file before, by the line that it begins with. */
let known: { readonly line: Uint8Array; readonly dialect: Dialect } | undefined

const LF = 0x0a

/** Cells of the line that begins at a place. */
const cellsFrom = (bytes: Uint8Array, from: number, delimiter: number): number => {
  let cells = 1
  for (let at = from; at < bytes.length && bytes[at] !== LF; at++) if (bytes[at] === delimiter) cells++
  return cells
}

const beginsWith = (bytes: Uint8Array, line: Uint8Array): boolean => {
  if (bytes.length <= line.length) return false
  for (let i = line.length - 1; i >= 0; i--) if (bytes[i] !== line[i]) return false
  return true
}

/**
 * The dialect of a file that begins with the same header as the one before, and whose first row has as many cells: of thousands of small files, finding it again takes longer than reading them.
 * A header that names a place and a time is one whatever follows it.
 */
export const knownDialect = (head: Uint8Array): Dialect | undefined => {
  if (known === undefined || !beginsWith(head, known.line)) return undefined
  const { line, dialect } = known
  const isAlike = cellsFrom(head, line.length, dialect.delimiter.charCodeAt(0)) === dialect.names.length
  return isAlike ? dialect : undefined
}

/** Remembers the dialect of a file whose first line is its header. */
export const keepDialect = (head: Uint8Array, dialect: Dialect): void => {
  const isFirst = dialect.line === 2 && dialect.device === undefined && head[dialect.bytes - 1] === LF
  known = isFirst && looksLikePositions(dialect.names) ? { line: head.slice(0, dialect.bytes), dialect } : undefined
}
