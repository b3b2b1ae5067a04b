import { StringDecoder } from 'node:string_decoder'
import { FleetError } from '@fleetlake/core'

/** Whole lines, without their ends, and the number of the first; lines count from 1. */
export interface Lines {
  readonly first: number
  readonly lines: readonly string[]
}

/** Longer lines are given as undefined would be: cut to this many characters, which no row survives. */
export const MAX_LINE_CHARACTERS = 1024 * 1024

/**
 * Cuts bytes into lines as they come. Invariant: every line is given once, with its number, whatever the size of the chunks; memory
 * is bounded by a chunk and a line.
 * @throws FleetError `import.invalid` for UTF-16 and for compressed files
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Lines> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let first = 1
  let isStart = true
  let isCutting = false
  for await (const chunk of chunks) {
    if (isStart) checkEncoding(chunk)
    let text = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    if (isStart && text.length > 0) {
      text = text.replace(/^\uFEFF/, '')
      isStart = false
    }
    const end = text.lastIndexOf('\n')
    if (end < 0) {
      if (!isCutting) rest += text
      if (rest.length > MAX_LINE_CHARACTERS) {
        rest = rest.slice(0, MAX_LINE_CHARACTERS)
        isCutting = true
      }
      continue
    }
    const lines = (isCutting ? rest + text.slice(text.indexOf('\n'), end) : rest + text.slice(0, end))
      .split('\n')
      .map(withoutReturn)
    isCutting = false
    yield { first, lines }
    first += lines.length
    rest = text.slice(end + 1)
  }
  rest += decoder.end()
  if (rest !== '') yield { first, lines: [withoutReturn(rest)] }
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

const checkEncoding = (chunk: Uint8Array): void => {
  const [a, b] = chunk
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new FleetError(
      'import.invalid',
      'the input is UTF-16: convert it first, such as with iconv -f UTF-16 -t UTF-8',
    )
  }
  if (a === 0x1f && b === 0x8b)
    throw new FleetError('import.invalid', 'the input is compressed: gunzip -c it into "fleet import -"')
  if (a === 0x50 && b === 0x4b)
    throw new FleetError('import.invalid', 'the input is a zip archive or a spreadsheet: extract or export it as CSV')
}
