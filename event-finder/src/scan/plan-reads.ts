import type { Span } from '@fleetlake/columnar/parquet'

/** What is unpacked at once, and the bytes that it takes, in the order of the file. */
export interface Part {
  readonly spans: readonly Span[]
}

/** Parts that are read at once, in the order of the file, and the requests for them. */
export interface PartRead<P extends Part> {
  readonly spans: readonly Span[]
  readonly parts: readonly P[]
}

export interface ReadBounds {
  /** Of a read, unless a single part is larger. */
  readonly mostBytes: number
  /** Another request to the store costs more than this number of bytes. */
  readonly mostGap: number
  /** Requests of a read, unless a single part needs more. */
  readonly mostSpans?: number
}

export const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, { start, end }) => sum + end - start, 0)

/** Neighbours that overlap or lie near each other as one. Invariant: each lies in one of them; between two at most `mostGap` bytes for nothing. */
export const joinSpans = (spans: readonly Span[], mostGap: number): Span[] => {
  const joined: Span[] = []
  for (const { start, end } of spans) {
    const last = joined.at(-1)
    if (last !== undefined && start >= last.start && start - last.end <= mostGap) {
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, end) }
    } else joined.push({ start, end })
  }
  return joined
}

/** Which bytes to read for some parts. Invariant: each part is in exactly one read, with all its bytes, each within one span. */
export const planReads = <P extends Part>(
  parts: readonly P[],
  { mostBytes, mostGap, mostSpans = 1 }: ReadBounds,
): PartRead<P>[] => {
  const reads: { spans: readonly Span[]; parts: P[] }[] = []
  for (const part of parts) {
    const last = reads.at(-1)
    const together = last && joinSpans([...last.spans, ...part.spans], mostGap)
    if (together !== undefined && together.length <= mostSpans && lengthOf(together) <= mostBytes) {
      reads[reads.length - 1] = { spans: together, parts: [...last!.parts, part] }
    } else reads.push({ spans: joinSpans(part.spans, mostGap), parts: [part] })
  }
  return reads
}
