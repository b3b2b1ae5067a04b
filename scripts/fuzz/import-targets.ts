import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COLUMN_NAMES } from '@fleetlake/columnar'
import { FleetError } from '@fleetlake/core'
import { temporaryFolder } from '@fleetlake/testing'
import { planFields } from '../../shared/intake/src/fields/index.ts'
import { type Block, START } from '../../shared/intake/src/formats/block.ts'
import { type Format, FORMAT_NAMES, type FormatName, type Input } from '../../shared/intake/src/formats/format.ts'
import { detectFormat, formatNamed } from '../../shared/intake/src/formats/formats.ts'
import { type InputReading, inputReadingOf } from '../../shared/intake/src/rows/input-reading.ts'
import { emptyTally, type Tally } from '../../shared/intake/src/rows/tally.ts'
import { type BlockTaker, createBlockTaker } from '../../shared/intake/src/rows/take-block.ts'
import { openInputs } from '../../shared/intake/src/sources/open-input.ts'
import { packingOf } from '../../shared/intake/src/sources/packings/packing.ts'
import { createSpool } from '../../shared/intake/src/sources/spool.ts'
import { packedLines } from '../../shared/intake/src/sources/testing/packed-lines.ts'
import { FIELDS } from '../../shared/intake/src/testing/kinds/fields.ts'
import { formatKinds } from '../../shared/intake/src/testing/kinds/formats.ts'
import { NO_DATA } from '../../shared/intake/src/testing/kinds/no-data.ts'
import { OPTIONAL } from '../../shared/intake/src/testing/kinds/optional.ts'
import { ROWS_AND_FILES } from '../../shared/intake/src/testing/kinds/rows.ts'
import { TIMES } from '../../shared/intake/src/testing/kinds/times.ts'
import { ACCEPTED, type FuzzTarget } from './target.ts'
import { bytesOf, wordsOf } from './text-targets.ts'

/** Imports of mutants of the files that the documentation's kinds are, but for the hub. */

const LATEST_MS = 2e12
/** Of a mutant: then it was read well enough. What unpacks to more is not read on either. */
const MOST_ROWS = 100_000
const MOST_UNPACKED_BYTES = 16 * 1024 * 1024

/** What a format may read of its input, times its size: its head, a look for its rows, and the rows. */
const MOST_READINGS = 8
const HEAD_BYTES = 64 * 1024

const utf8 = new TextEncoder()

const created = async (): Promise<string> => join(await temporaryFolder(), 'mutant')
const path = await created()

const inputOf = (bytes: Uint8Array, name: string): Input => {
  let read = 0
  return {
    name,
    size: bytes.length,
    read: async function* (from) {
      const half = Math.max(from, bytes.length >> 1)
      for (const part of [bytes.slice(from, half), bytes.slice(half)]) {
        read += part.length
        if (read > MOST_READINGS * bytes.length + HEAD_BYTES)
          throw new Error(`of ${bytes.length} bytes ${read} were read`)
        yield part
      }
    },
    file: async () => {
      writeFileSync(path, bytes)
      return path
    },
  }
}

const takerOf = (tally: Tally): BlockTaker =>
  createBlockTaker({
    tally,
    latestMs: LATEST_MS,
    vehicleType: 'bus',
    refuse: () => undefined,
    sink: {
      begin: () => undefined,
      finish: () => undefined,
      add: ({ isStored, vehicles, vehicleIds: { offsets }, types, typeNames, ...columns }) => {
        for (const [row, isOne] of isStored.entries()) {
          if (isOne === 0) continue
          const [timeMs, x, y] = [columns.eventTime[row], columns.longitude[row], columns.latitude[row]]
          const type = typeNames[types[row]]
          const idBytes = offsets[vehicles[row] + 1] - offsets[vehicles[row]]
          const isRight =
            [idBytes, utf8.encode(type).length].every((length) => length > 0 && length <= 255) &&
            timeMs >= 0 &&
            timeMs <= LATEST_MS &&
            Math.abs(x) <= 180 &&
            Math.abs(y) <= 90
          if (!isRight) throw new Error(`a row out of bounds: ${timeMs} ${x} ${y} ${type}`)
        }
      },
    },
  })

const readingOf = (format: Format, block: Block): InputReading => {
  const options = { timezone: 'America/Montevideo', speedUnit: 'km/h' } as const
  const question = { format, sample: [block], asked: {}, nowMs: LATEST_MS }
  try {
    return inputReadingOf(planFields({ ...question, options }))
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    return inputReadingOf(planFields({ ...question, options: { ...options, vehicleId: 'v' } }))
  }
}

/** @returns what came of it */
const importInput = async (input: Input, format: Format, size: number): Promise<string> => {
  const tally = emptyTally()
  const taker = takerOf(tally)
  const readings = new Map<string, InputReading>()
  const options = { from: START, blockBytes: 1 << 20, signal: new AbortController().signal }
  let [blocks, rows] = [0, 0]
  try {
    for await (const block of format.read(input, options)) {
      rows += block.rows
      if (++blocks > size + 64) throw new Error(`of ${size} bytes ${blocks} blocks were made`)
      if (block.rows > 0) {
        const form = JSON.stringify(block.names)
        const reading = readings.get(form) ?? readingOf(format, block)
        readings.set(form, reading)
        taker.take(block, reading)
        block.textOf(block.rows - 1)
      }
      if (rows > MOST_ROWS) break
    }
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    if (!/\w \w/.test(error.message)) throw new Error(`no sentence: ${error.message}`, { cause: error })
    return `${tally.rows > 0 ? ACCEPTED : 'none'} ${wordsOf(error)}`
  }
  return `${tally.rows === 0 ? 'none' : ACCEPTED} ${Object.keys(tally.reasons).toSorted().join()}`
}

const spool = createSpool()

/** As files are opened: unpacked, and of a format that is found out. */
const importFile = async (bytes: Uint8Array): Promise<string> => {
  const outcomes: string[] = []
  const source = {
    size: bytes.length,
    read: async function* () {
      yield bytes
    },
  }
  const { signal } = new AbortController()
  try {
    for await (const input of openInputs(source, { name: 'mutant', path: 'mutant' }, { spool, signal })) {
      if (input instanceof FleetError) outcomes.push(wordsOf(input))
      else {
        const parts: Uint8Array[] = []
        let size = 0
        for await (const part of input.read(0, signal)) {
          parts.push(part.slice())
          size += part.length
          if (size > MOST_UNPACKED_BYTES) break
        }
        const unpacked = new Uint8Array(Buffer.concat(parts))
        await input.close()
        const format = detectFormat(unpacked.subarray(0, HEAD_BYTES), input.name)
        outcomes.push(`${format.name} ${await importInput(inputOf(unpacked, input.name), format, unpacked.length)}`)
      }
    }
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    outcomes.push(wordsOf(error))
  }
  const isRead = outcomes.some((outcome) => outcome.includes(` ${ACCEPTED} `))
  return `${isRead ? ACCEPTED : 'none'} ${outcomes.join('; ').slice(0, 200)}`
}

const kinds = [ROWS_AND_FILES, TIMES, FIELDS, NO_DATA, OPTIONAL, await formatKinds()].flatMap((group) => group.kinds)
const files = kinds.flatMap((kind) =>
  Object.entries(kind.files).map(([name, content]) => ({
    name,
    bytes: typeof content === 'string' ? utf8.encode(content) : new Uint8Array(content),
  })),
)
const formatOf = (bytes: Uint8Array, name: string): FormatName | undefined => {
  try {
    return packingOf(bytes) === undefined || name.endsWith('.xlsx') ? detectFormat(bytes, name).name : undefined
  } catch {
    return undefined
  }
}

const TOKENS = bytesOf([
  '"',
  '""',
  ',',
  ';',
  '\t',
  '\n',
  '\r\n',
  '\u0000',
  '\uFEFF',
  '1e400',
  'nan',
  '{',
  '}',
  '[',
  '[[[[[[[[',
  '<',
  '>',
  '</',
  '<![CDATA[',
  '&amp;',
  '&#x41;',
  '$GPRMC,',
  '!AIVDM,2,1,3,A,',
  'POINT(1 2)',
  'SRID=4326;',
  '2026-01-05T08:00:00Z',
  '2026-02-30',
  '+25:00',
  'é'.repeat(130),
  '9'.repeat(400),
  ...COLUMN_NAMES,
])

/** Formats that are read at random. */
const OF_FILES: ReadonlySet<FormatName> = new Set(['parquet', 'arrow', 'xlsx', 'sqlite'])

export const importTargets = (): FuzzTarget[] => [
  ...FORMAT_NAMES.map((name): FuzzTarget => ({
    name: `import of ${name}`,
    seeds: files.filter((file) => formatOf(file.bytes, file.name) === name).map(({ bytes }) => bytes),
    tokens: TOKENS,
    isOfFiles: OF_FILES.has(name),
    run: (mutant) => importInput(inputOf(mutant, 'mutant'), formatNamed(name), mutant.length),
  })),
  {
    name: 'import of any file',
    seeds: files.map(({ bytes }) => bytes),
    tokens: TOKENS,
    isOfFiles: true,
    run: importFile,
  },
  {
    name: 'import of packed files',
    seeds: [
      ...files.map(({ bytes }) => bytes).filter((bytes) => packingOf(bytes) !== undefined),
      packedLines('lines.bz2'),
      packedLines('lines.xz'),
    ],
    isOfFiles: true,
    run: importFile,
  },
]
