import { Readable, pipeline, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { FleetError, reasonOf } from '@fleetlake/core'
import unbzip2 from 'unbzip2-stream'
import * as xz from 'xz-decompress'

/** The package is one object of CommonJS. */
const { XzReadableStream } = ('default' in xz ? xz.default : xz) as typeof xz

/** How bytes are packed, but for zip, which holds files. */
export const PACKINGS = ['gzip', 'zstd', 'bzip2', 'xz', 'utf-16le', 'utf-16be'] as const
export type Packing = (typeof PACKINGS)[number]

export type Bytes = AsyncIterable<Uint8Array>

const MARKS: readonly (readonly [Packing | 'zip', readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** By content, whatever the file is called. */
export const packingOf = (head: Uint8Array): Packing | 'zip' | undefined =>
  MARKS.find(([, mark]) => mark.every((byte, i) => head[i] === byte))?.[0]

/**
 * The bytes that are packed in others, as they come.
 * @param name of the file, for faults
 * @returns rejects with FleetError `import.invalid` where the bytes are damaged or break off
 */
export async function* unpack(bytes: Bytes, packing: Packing, name: string): Bytes & AsyncGenerator<Uint8Array> {
  try {
    yield* UNPACKERS[packing](bytes)
  } catch (error) {
    if (error instanceof FleetError || (error instanceof Error && error.name === 'AbortError')) throw error
    throw new FleetError(
      'import.invalid',
      `${name}: its ${packing} data are damaged or break off: ${reasonOf(error)}`,
      {
        cause: error,
      },
    )
  }
}

const through = (bytes: Bytes, transform: Transform): Bytes =>
  // A fault of either ends the iteration of what comes out.
  pipeline(Readable.from(bytes), transform, () => undefined)

async function* decoded(bytes: Bytes, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding)
  const encoder = new TextEncoder()
  for await (const chunk of bytes) yield encoder.encode(decoder.decode(chunk, { stream: true }))
  yield encoder.encode(decoder.decode())
}

const webStream = (bytes: Bytes): ReadableStream<Uint8Array> =>
  Readable.toWeb(Readable.from(bytes)) as ReadableStream<Uint8Array>

const UNPACKERS: Readonly<Record<Packing, (bytes: Bytes) => Bytes>> = {
  gzip: (bytes) => through(bytes, createGunzip()),
  zstd: (bytes) => through(bytes, createZstdDecompress()),
  bzip2: (bytes) => through(bytes, unbzip2() as unknown as Transform),
  xz: (bytes) => new XzReadableStream(webStream(bytes)) as unknown as Bytes,
  'utf-16le': (bytes) => decoded(bytes, 'utf-16le'),
  'utf-16be': (bytes) => decoded(bytes, 'utf-16be'),
}
