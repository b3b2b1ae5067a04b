import { FleetError, reasonOf } from '@fleetlake/core'
import { unpackBz2 } from './unpack-bz2.ts'
import { unpackXz } from './unpack-xz.ts'
import { unpackDeflate, unpackGz, unpackZst } from './unpack-zlib.ts'

/** How bytes may be packed that are one input. */
export type Packing = 'gz' | 'zst' | 'bz2' | 'xz'

/** How the beginning of a file tells what packs it. */
interface Mark {
  readonly bytes: readonly number[]
  readonly at?: number
}

const PACKINGS: Readonly<Record<Packing, Mark>> = {
  gz: { bytes: [0x1f, 0x8b, 8] },
  zst: { bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  bz2: { bytes: [0x42, 0x5a, 0x68] },
  xz: { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0] },
}
const ZIP: readonly Mark[] = [{ bytes: [0x50, 0x4b, 3, 4] }, { bytes: [0x50, 0x4b, 5, 6] }]
/** A frame that holds nothing may come first. */
const SKIPPABLE: Mark = { bytes: [0x2a, 0x4d, 0x18], at: 1 }
/** Digits of π or of its root follow in bzip2, so that text that begins with BZh is none. */
const BZ2_MARKS: readonly Mark[] = [
  { bytes: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4 },
  { bytes: [0x17, 0x72, 0x45, 0x38, 0x50, 0x90], at: 4 },
]
const OTHERS: readonly (readonly [Mark, name: string, advice: string])[] = [
  [{ bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] }, 'a 7-Zip archive', 'unpack it first, such as with 7z x'],
  [{ bytes: [0x52, 0x61, 0x72, 0x21, 0x1a, 7] }, 'a RAR archive', 'unpack it first, such as with unrar x'],
  [
    { bytes: [0x75, 0x73, 0x74, 0x61, 0x72], at: 257 },
    'a tar archive',
    'unpack it first with tar -xf, and name the folder',
  ],
  [{ bytes: [4, 0x22, 0x4d, 0x18] }, 'packed with lz4', 'unpack it first with lz4 -d'],
  [{ bytes: [0x1f, 0x9d] }, 'packed with compress', 'unpack it first with uncompress'],
  [
    { bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] },
    'a document of Office 97 to 2003',
    'save its table as .xlsx or CSV',
  ],
  [{ bytes: [0x25, 0x50, 0x44, 0x46, 0x2d] }, 'a PDF document', 'export its table as CSV'],
]

const has = (head: Uint8Array, { bytes, at = 0 }: Mark): boolean => bytes.every((byte, i) => head[at + i] === byte)

/** The packing of bytes by their beginning; undefined for those that are not packed. */
export const packingOf = (head: Uint8Array): Packing | 'zip' | undefined => {
  if (ZIP.some((mark) => has(head, mark))) return 'zip'
  if (has(head, SKIPPABLE) && head[0] >> 4 === 5) return 'zst'
  for (const packing of Object.keys(PACKINGS) as Packing[]) {
    if (!has(head, PACKINGS[packing])) continue
    if (packing !== 'bz2' || BZ2_MARKS.some((mark) => has(head, mark))) return packing
  }
  return undefined
}

const WEB_PAGE = /^\uFEFF?\s*<(?:!doctype html|html)[\s>]/i
const MOST_BEFORE_MARK = 256

/**
 * @param name of the file, for people
 * @throws FleetError `import.invalid` for archives and packings that are not read, and for documents that hold no table
 */
export const refuseOthers = (head: Uint8Array, name: string): void => {
  for (const [mark, what, advice] of OTHERS)
    if (has(head, mark)) throw new FleetError('import.invalid', `${name} is ${what}: ${advice}`)
  if (WEB_PAGE.test(Buffer.from(head.subarray(0, MOST_BEFORE_MARK)).toString('utf8')))
    throw new FleetError('import.invalid', `${name} is a web page: it may say why there is no file at its address`)
}

const UNPACKERS: Readonly<
  Record<Packing | 'deflate', (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>>
> = {
  gz: unpackGz,
  zst: unpackZst,
  bz2: unpackBz2,
  xz: unpackXz,
  deflate: unpackDeflate,
}

/** Of an input: what unpacks to more is taken for a trap. */
export const MOST_UNPACKED_BYTES: number = 2 ** 40

/** The library's codes of faults. */
const XZ_FAULT = /failed with error code (\d+)/
const XZ_ENDS_EARLY = '8'

const sentenceOf = (error: unknown): string => {
  const [, code] = XZ_FAULT.exec(reasonOf(error)) ?? []
  if (code !== undefined) return code === XZ_ENDS_EARLY ? 'it ends too early' : 'it is damaged'
  return reasonOf(error)
}

/** What is thrown by a system, an aborted signal or another part of the program is none of the bytes' faults. */
const isOfBytes = (error: unknown): boolean =>
  !(error instanceof FleetError) && (error as Error).name !== 'AbortError' && !('syscall' in (error as Error))

export interface UnpackOptions {
  readonly packing: Packing | 'deflate'
  /** Of the file, for people. */
  readonly name: string
  readonly mostBytes?: number
}

/**
 * Unpacks as it goes; memory is bounded by what the packing needs.
 * @throws FleetError `import.invalid` for damaged bytes and those that end too early, behind all that could be unpacked
 */
export async function* unpack(
  chunks: AsyncIterable<Uint8Array>,
  { packing, name, mostBytes = MOST_UNPACKED_BYTES }: UnpackOptions,
): AsyncGenerator<Uint8Array> {
  let total = 0
  try {
    for await (const chunk of UNPACKERS[packing](chunks)) {
      total += chunk.length
      if (total > mostBytes)
        throw new FleetError('import.invalid', `${name} unpacks to more than ${mostBytes} bytes: unpack it first`)
      if (chunk.length > 0) yield chunk
    }
  } catch (error) {
    if (!isOfBytes(error)) throw error
    throw new FleetError('import.invalid', `${name} can't be unpacked behind byte ${total}: ${sentenceOf(error)}`)
  }
}
