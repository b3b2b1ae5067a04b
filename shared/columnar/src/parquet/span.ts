/** Bytes `[start, end)` of a file. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A file's bytes from `start` on. */
export interface FilePart {
  readonly bytes: Uint8Array
  readonly start: number
}

/** @throws RangeError when the part does not have all of the span */
export const bytesIn = ({ bytes, start }: FilePart, span: Span): Uint8Array => {
  const [from, to] = [span.start - start, span.end - start]
  if (!(from >= 0 && from <= to && to <= bytes.length)) throw new RangeError('bytes beyond those that were read')
  return bytes.subarray(from, to)
}
