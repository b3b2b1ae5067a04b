import { FleetError } from '@fleetlake/core'
import { type Block, MAX_SHOWN } from '../block.ts'
import type { Input, ReadOptions } from '../format.ts'
import { type BlockMaker, createBlockMaker } from './block-maker.ts'
import { createJsonCutter, type CutRecord, type Decide } from './cut-json.ts'
import { withoutSeparator } from './head.ts'
import { MAX_DEPTH, MAX_RECORD_BYTES } from './limits.ts'
import { checkEncoding, readLineBlocks, textOfLines } from './line-blocks.ts'
import { NOT_JSON, parseJsonRow } from './parse-json-row.ts'

/** A record as a value. */
export interface JsonRecord {
  readonly value: unknown
  /** Of the list or member that it is in; '' for the root. */
  readonly path: string
  /** Bytes of the input. */
  readonly bytes: number
  readonly text: string
}

/** How the records of a document are found, and what is made of them. */
export interface RecordReading {
  /** For people: "feature". */
  readonly counts: string
  /** Each line is a record; else `decide` says where they are. */
  readonly isByLine: boolean
  /** The JSON of a line, where there is more; undefined for a line that is no record. */
  readonly jsonOf?: (line: string) => string | undefined
  readonly decide: Decide
  readonly maxBytes?: number
  readonly instants?: ReadonlySet<string>
  /** Whether each record is one unit, so that those before a cursor need not be looked at. */
  readonly isUnitEach: boolean
  /** Begins the record in the maker, and says what it is. */
  readonly take: (record: JsonRecord, maker: BlockMaker) => void
}

/** Blocks of the records of a JSON document or of lines of JSON. What ends the reading comes after the rows before it. */
export async function* readRecords(
  input: Input,
  { from, blockBytes, signal }: ReadOptions,
  {
    counts,
    isByLine,
    jsonOf = withoutSeparator,
    decide,
    maxBytes = MAX_RECORD_BYTES,
    instants,
    isUnitEach,
    take,
  }: RecordReading,
): AsyncGenerator<Block> {
  const maker = createBlockMaker({ from, blockBytes, ...(instants === undefined ? {} : { instants }) })

  const passOver = (bytes: number): boolean => {
    if (!isUnitEach || !maker.isBefore(1)) return false
    maker.begin({ units: 1, bytes })
    maker.pass()
    return true
  }

  const takeText = (path: string, text: string, bytes: number): void => {
    const value = parseJsonRow(text)
    if (value === NOT_JSON) refuse('not-json', `the ${counts} is not JSON`, text, bytes)
    else take({ value, path, bytes, text }, maker)
  }

  const refuse = (reason: string, detail: string, text: string, bytes: number): void => {
    maker.begin({ units: 1, bytes })
    maker.fault(reason, detail, text)
  }

  const takeCut = ({ path, bytes, length, fault }: CutRecord): void => {
    if (passOver(length)) return
    if (fault === undefined) takeText(path, textOf(bytes), length)
    else if (fault === 'too-deep')
      refuse(
        fault,
        `more than ${MAX_DEPTH} lists and objects inside each other`,
        textOf(bytes.subarray(0, MAX_SHOWN)),
        length,
      )
    else refuse(fault, `more than ${maxBytes} bytes`, textOf(bytes.subarray(0, MAX_SHOWN)), length)
  }

  const takeLine = (line: string): void => {
    if (line.trim() === '') return
    const json = jsonOf(line)
    const bytes = Buffer.byteLength(line)
    if (json !== undefined && !passOver(bytes)) takeText('', json, bytes)
  }

  if (isByLine) {
    for await (const lines of readLineBlocks(input, { from: 0, blockBytes, maxBytes, signal })) {
      if (lines.longLine !== undefined) {
        const bytes = lines.next - lines.from
        if (!passOver(bytes)) refuse('record-too-long', `more than ${maxBytes} bytes`, lines.longLine, bytes)
      } else for (const line of textOfLines(lines).split('\n')) takeLine(line)
      yield* maker.ready()
    }
    yield* maker.rest()
    return
  }

  const cutter = createJsonCutter({ decide, onRecord: takeCut, maxBytes })
  try {
    let isChecked = false
    for await (const chunk of input.read(0, signal)) {
      if (!isChecked) checkEncoding(chunk)
      isChecked = true
      cutter.write(chunk)
      yield* maker.ready()
    }
    cutter.end()
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    yield* maker.rest()
    throw new FleetError(error.code, `at ${counts} ${maker.place() + 1}: ${error.message}`)
  }
  yield* maker.rest()
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
