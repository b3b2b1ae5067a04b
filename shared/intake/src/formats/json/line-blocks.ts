import { FleetError } from '@fleetlake/core'
import { MAX_SHOWN } from '../block.ts'
import type { Input } from '../format.ts'
import { MAX_RECORD_BYTES } from './limits.ts'

/** Whole lines of an input. The bytes are the block's own. */
export interface LineBlock {
  /** The offset of its first byte. */
  readonly from: number
  /** The offset behind it. */
  readonly next: number
  /** Lines with their ends; the input's last may have none. */
  readonly bytes: Uint8Array
  /** Instead of bytes: what one line that is too long begins with. */
  readonly longLine?: string
}

/** The lines of a block as text, without a byte order mark; what is not UTF-8 has U+FFFD in its place. */
export const textOfLines = ({ bytes, from }: LineBlock): string => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return from === 0 && text.startsWith('\uFEFF') ? text.slice(1) : text
}

export interface LineBlocksOptions {
  /** An offset at which a line begins. */
  readonly from: number
  readonly blockBytes: number
  /** Of a line. */
  readonly maxBytes?: number
  readonly signal: AbortSignal
}

const NEWLINE = 10

/** Room at first: most inputs may be small. */
const FIRST_BYTES = 16 * 1024

/**
 * Cuts an input into blocks of whole lines. Invariant: a block ends with the line that reaches `blockBytes`, before and after a line that is too long, or with the input, so where blocks are cut depends on the
 * input and on where reading began alone; memory is bounded by a block, a line and a chunk.
 * @throws FleetError `import.invalid` for UTF-16
 */
export async function* readLineBlocks(
  input: Input,
  { from, blockBytes, maxBytes = MAX_RECORD_BYTES, signal }: LineBlocksOptions,
): AsyncGenerator<LineBlock> {
  // A line that ends earlier is not too long.
  const enough = Math.max(1, Math.min(blockBytes, maxBytes))
  /** What is read and not given yet. */
  let held = new Uint8Array(Math.min(enough, FIRST_BYTES))
  let length = 0
  let at = from
  /** Up to where there is no end of a line that may end a block. */
  let searched = 0
  /** A line that is too long, whose bytes are passed over. */
  let long: { readonly text: string; bytes: number } | undefined

  const drop = (bytes: number): void => {
    held.copyWithin(0, bytes, length)
    length -= bytes
    searched = 0
  }

  const take = (bytes: number): LineBlock => {
    const block = { from: at, next: at + bytes, bytes: held.slice(0, bytes) }
    at += bytes
    drop(bytes)
    return block
  }

  const takeLong = (): LineBlock => {
    const { text, bytes } = long!
    const block = { from: at, next: at + bytes, bytes: new Uint8Array(0), longLine: text }
    at += bytes
    long = undefined
    return block
  }

  function* ready(): Generator<LineBlock> {
    for (;;) {
      const end = lineEndFrom(held, Math.max(searched, enough - 1), length)
      searched = length
      if (end < 0 && length <= maxBytes) return
      const lineEnd = end < 0 ? length : end
      const lineStart = lineEnd === 0 ? 0 : held.lastIndexOf(NEWLINE, lineEnd - 1) + 1
      if (lineEnd - lineStart <= maxBytes) {
        if (end < 0) return
        yield take(end + 1)
        continue
      }
      if (lineStart > 0) yield take(lineStart)
      const bytes = lineEnd - lineStart + (end < 0 ? 0 : 1)
      long = { text: new TextDecoder().decode(held.subarray(0, MAX_SHOWN)), bytes }
      drop(bytes)
      if (end < 0) return
      yield takeLong()
    }
  }

  let isChecked = from > 0
  for await (const chunk of input.read(from, signal)) {
    let rest = chunk
    if (long !== undefined) {
      const end = rest.indexOf(NEWLINE)
      long.bytes += end < 0 ? rest.length : end + 1
      if (end < 0) continue
      yield takeLong()
      rest = rest.subarray(end + 1)
    }
    if (length + rest.length > held.length) {
      const longer = new Uint8Array(Math.max(held.length * 2, length + rest.length))
      longer.set(held.subarray(0, length))
      held = longer
    }
    held.set(rest, length)
    length += rest.length
    if (!isChecked && length > 1) {
      checkEncoding(held)
      isChecked = true
    }
    yield* ready()
  }
  if (long !== undefined) yield takeLong()
  if (length > 0) yield take(length)
}

const lineEndFrom = (bytes: Uint8Array, from: number, length: number): number => {
  if (from >= length) return -1
  const end = bytes.indexOf(NEWLINE, from)
  return end < length ? end : -1
}

/** @throws FleetError `import.invalid` */
export const checkEncoding = ([a, b]: Uint8Array): void => {
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new FleetError(
      'import.invalid',
      'the input is UTF-16: convert it first, such as with iconv -f UTF-16 -t UTF-8',
    )
  }
}
