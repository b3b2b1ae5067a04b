import type { ObjectStore } from '@fleetlake/archive'
import { bytesIn, type FilePart, type Span } from '@fleetlake/columnar/parquet'
import { joinSpans, lengthOf, type ReadBounds } from './plan-reads.ts'

/** @throws RangeError when the file ends before */
export const readSpan = async (store: ObjectStore, path: string, { start, end }: Span): Promise<FilePart> => {
  const bytes = await store.get(path, { offset: start, length: end - start })
  if (bytes?.length !== end - start) throw new RangeError('unexpected end of file')
  return { bytes, start }
}

/** Reads spans in their order, some at once: what a single row group needs may be hundreds of them. */
export const readSpans = async (
  read: (span: Span) => Promise<FilePart>,
  spans: readonly Span[],
  mostAtOnce: number,
): Promise<FilePart[]> => {
  const parts: FilePart[] = []
  for (let i = 0; i < spans.length; i += mostAtOnce) {
    parts.push(...(await Promise.all(spans.slice(i, i + mostAtOnce).map(read))))
  }
  return parts
}

const holds = ({ start, bytes }: FilePart, span: Span): boolean =>
  span.start >= start && span.end <= start + bytes.length

/** @throws RangeError for a span that no part has */
export const partWith = (parts: readonly FilePart[], span: Span): FilePart => {
  const part = parts.find((each) => holds(each, span))
  if (part === undefined) throw new RangeError('bytes beyond those that were read')
  return part
}

/** What is held of a file, and how to get more. */
export interface HeldBytes {
  /** Of what was read so far. */
  readonly bytesRead: () => number
  /** Reads what is not held of some spans; undefined, and nothing is read, where that takes more than the bounds. */
  readonly bring: (spans: readonly Span[]) => Promise<((span: Span) => Uint8Array) | undefined>
}

/** A file that is held whole. */
export const wholeFile = (bytes: Uint8Array): HeldBytes => ({
  bytesRead: () => bytes.length,
  bring: async () => (span) => bytesIn({ bytes, start: 0 }, span),
})

/** A file of which the end is held. */
export const endOfFile = (
  end: FilePart,
  read: (span: Span) => Promise<FilePart>,
  { mostBytes, mostGap, mostSpans }: Required<ReadBounds>,
): HeldBytes => {
  let bytesRead = end.bytes.length
  return {
    bytesRead: () => bytesRead,
    bring: async (spans) => {
      const missing = spans.filter((span) => !holds(end, span)).toSorted((a, b) => a.start - b.start)
      const toRead = joinSpans(missing, mostGap)
      if (toRead.length > mostSpans || lengthOf(toRead) > mostBytes) return undefined
      const parts = [end, ...(await Promise.all(toRead.map(read)))]
      bytesRead += lengthOf(toRead)
      return (span) => bytesIn(partWith(parts, span), span)
    },
  }
}
