import type { Cursor } from '../block.ts'
import type { Input } from '../format.ts'

/** A line of a text, without its end. */
export interface TextLine {
  /** UTF-8; cut where the line is longer than lines may be. */
  readonly text: string
  /** Bytes of the input before it, and before the next one. */
  readonly at: number
  readonly next: number
  /** Counted from 1. */
  readonly place: number
  readonly isTooLong: boolean
}

export const MAX_LINE_BYTES = 1024 * 1024
const LF = 0x0a
const CR = 0x0d

/** The lines of an input from a line's beginning on, some at a time, whatever the chunks are in which its bytes come; memory is bounded by a chunk and a line. */
export async function* readTextLines(
  input: Input,
  from: Pick<Cursor, 'at' | 'place'>,
  signal: AbortSignal,
): AsyncGenerator<readonly TextLine[]> {
  let rest: Uint8Array = new Uint8Array(0)
  /** Where the line in hand begins, and its bytes beyond the longest. */
  let { at, place } = from
  let cut = 0
  const lineOf = (bytes: Buffer, start: number, end: number, endBytes: number): TextLine => {
    const isTooLong = cut > 0 || end - start > MAX_LINE_BYTES
    const textEnd = Math.min(end > start && bytes[end - 1] === CR ? end - 1 : end, start + MAX_LINE_BYTES)
    const line = {
      text: bytes.toString('utf8', start, textEnd),
      at,
      next: at + cut + (end - start) + endBytes,
      place,
      isTooLong,
    }
    at = line.next
    place++
    cut = 0
    return line
  }
  for await (const chunk of input.read(at, signal)) {
    const bytes = rest.length === 0 ? bufferOf(chunk) : Buffer.concat([rest, chunk])
    const lines: TextLine[] = []
    let start = 0
    for (let end = bytes.indexOf(LF, rest.length); end >= 0; end = bytes.indexOf(LF, start)) {
      lines.push(lineOf(bytes, start, end, 1))
      start = end + 1
    }
    const kept = Math.min(bytes.length - start, MAX_LINE_BYTES)
    cut += bytes.length - start - kept
    // The chunk is the input's own.
    rest = Uint8Array.from(bytes.subarray(start, start + kept))
    if (lines.length > 0) yield lines
  }
  if (rest.length > 0) yield [lineOf(bufferOf(rest), 0, rest.length, 0)]
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
