import { type Block, type BlockFault, type Cursor, MAX_SHOWN } from '../block.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { headOf } from './head.ts'
import { MAX_RECORD_BYTES } from './limits.ts'
import { type LineBlock, readLineBlocks, textOfLines } from './line-blocks.ts'
import { isObject, mayRound, NOT_JSON, parseJsonRow } from './parse-json-row.ts'
import { createTable } from './table.ts'

async function* readNdjson(input: Input, { from, blockBytes, signal }: ReadOptions): AsyncGenerator<Block> {
  let cursor = from
  for await (const lines of readLineBlocks(input, { from: from.at, blockBytes, signal })) {
    for (const block of blocksOf(lines, cursor.place)) {
      if (block.rows > 0 || block.faults.length > 0) yield block
      cursor = block.next
    }
  }
}

/**
 * One JSON object a line, whose members are the fields, those of objects in it by `a.b`. A line that is no object costs itself; blank lines are not rows. A cursor is a byte offset.
 */
export const ndjson: Format = {
  name: 'ndjson',
  title: 'NDJSON',
  counts: 'line',
  hasMeaning: false,
  sniff: (head) => (headOf(head).isByLine ? 1 : 0),
  read: readNdjson,
}

/** One as a rule; more where lines have a great many names. */
function* blocksOf(lines: LineBlock, firstPlace: number): Generator<Block> {
  const first: Cursor = { at: lines.from, place: firstPlace }
  if (lines.longLine !== undefined) {
    const fault = { reason: 'line-too-long', detail: `more than ${MAX_RECORD_BYTES} bytes` }
    yield {
      names: [],
      fields: [],
      rows: 0,
      places: new Int32Array(0),
      textOf: () => '',
      faults: [{ place: firstPlace, text: lines.longLine, ...fault }],
      from: first,
      next: { at: lines.next, place: firstPlace + 1 },
    }
    return
  }
  const text = textOfLines(lines)
  const parse = mayRound(text) ? parseJsonRow : parsePlain
  let [start, from] = [0, first]
  do {
    const { end, place, ...block } = readLines({ text, start, place: from.place, parse })
    const next = { at: end === text.length ? lines.next : offsetOfLine(lines, place - firstPlace), place }
    yield { ...block, from, next }
    ;[start, from] = [end, next]
  } while (start < text.length)
}

/** Where a line begins, by the lines before it in the block. */
const offsetOfLine = ({ bytes, from }: LineBlock, before: number): number => {
  let at = 0
  for (let i = 0; i < before; i++) at = bytes.indexOf(10, at) + 1
  return from + at
}

const parsePlain = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown
  } catch {
    return parseJsonRow(line)
  }
}

interface LinesToRead {
  readonly text: string
  readonly start: number
  /** Of the line at `start`. */
  readonly place: number
  readonly parse: (line: string) => unknown
}

interface LinesRead extends Omit<Block, 'from' | 'next'> {
  /** Where the next line begins; earlier than the text's end when the columns have no room for its names. */
  readonly end: number
  readonly place: number
}

const readLines = ({ text, start, place: firstPlace, parse }: LinesToRead): LinesRead => {
  const table = createTable()
  const [places, starts, ends]: [number[], number[], number[]] = [[], [], []]
  const faults: BlockFault[] = []
  let [at, place] = [start, firstPlace]
  for (; at < text.length; place++) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const line = text.slice(at, end)
    const value = parse(line)
    if (isObject(value)) {
      const row = table.addObject(value)
      if (row === 'full') break
      if (row === 'taken') {
        places.push(place)
        starts.push(at)
        ends.push(end)
      } else faults.push({ place, text: shown(line), ...row })
    } else if (value !== NOT_JSON || line.trim() !== '') {
      faults.push({ place, text: shown(line), reason: 'not-json', detail: 'the line is not a JSON object' })
    }
    at = end + 1
  }
  return {
    end: Math.min(at, text.length),
    place,
    ...table.finish(),
    rows: table.rowCount(),
    places: Int32Array.from(places),
    textOf: (row) => shown(text.slice(starts[row], ends[row])),
    faults,
  }
}

const shown = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line).slice(0, MAX_SHOWN)
