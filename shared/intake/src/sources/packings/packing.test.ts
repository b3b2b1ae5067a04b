import { FleetError } from '@fleetlake/core'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { eventually } from '@fleetlake/testing'
import { describe, expect, test } from 'vitest'
import { LINES, packedLines } from '../testing/packed-lines.ts'
import { type Packing, packingOf, unpack } from './packing.ts'

const PACKED: Readonly<Record<Packing, Uint8Array>> = {
  gz: new Uint8Array(gzipSync(LINES)),
  zst: new Uint8Array(zstdCompressSync(LINES, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })),
  bz2: packedLines('lines.bz2'),
  xz: packedLines('lines.xz'),
}
const PACKINGS = Object.keys(PACKED) as Packing[]

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** What could be unpacked, and why not more. */
const unpackAll = async (
  packing: Packing,
  chunks: AsyncIterable<Uint8Array>,
  mostBytes?: number,
): Promise<{ readonly bytes: Uint8Array; readonly fault: unknown }> => {
  const pieces: Uint8Array[] = []
  try {
    const options = { packing, name: 'x', ...(mostBytes === undefined ? {} : { mostBytes }) }
    for await (const chunk of unpack(chunks, options)) pieces.push(new Uint8Array(chunk))
  } catch (error) {
    const isSentence = error instanceof FleetError && error.code === 'import.invalid'
    return { bytes: Buffer.concat(pieces), fault: isSentence ? error.message : error }
  }
  return { bytes: Buffer.concat(pieces), fault: undefined }
}

const isBeginning = (bytes: Uint8Array): boolean => Buffer.compare(bytes, LINES.subarray(0, bytes.length)) === 0

describe.each(PACKINGS)('%s', (packing) => {
  const packed = PACKED[packing]
  test('is told by its content, and gives its bytes, whatever chunks it comes in', async () => {
    expect(packingOf(packed)).toBe(packing)
    for (const size of [7, 1_000, packed.length]) {
      const { bytes, fault } = await unpackAll(packing, cut(packed, size))
      expect([fault, Buffer.compare(bytes, LINES)]).toEqual([undefined, 0])
    }
  })
  test('several after one another are one input', async () => {
    const { bytes, fault } = await unpackAll(packing, cut(Buffer.concat([packed, packed]), 777))
    expect([fault, Buffer.compare(bytes, Buffer.concat([LINES, LINES]))]).toEqual([undefined, 0])
  })
  test('one that is cut gives a beginning and says that it ends too early', async () => {
    const ends = [5, 30, Math.floor(packed.length / 2), packed.length - 5]
    for (const end of ends) {
      const { bytes, fault } = await unpackAll(packing, cut(packed.subarray(0, end), 999))
      expect(isBeginning(bytes)).toBe(true)
      expect(fault).toMatch(
        /^x can't be unpacked behind byte \d+: it (ends too early|is damaged|has bytes that are no)/,
      )
    }
  })
  test('a damaged one gives a beginning and says so, or gives the bytes', async () => {
    for (let i = 0; i < 60; i++) {
      const damaged = packed.slice()
      damaged[(i * 7_919) % damaged.length] ^= 1 << (i % 8)
      const { bytes, fault } = await unpackAll(packing, cut(damaged, 4_096))
      if (fault === undefined) expect(Buffer.compare(bytes, LINES)).toBe(0)
      else expect(fault).toMatch(/^x can't be unpacked/)
    }
  })
  test('bytes behind its end that are none of it are told', async () => {
    const { bytes, fault } = await unpackAll(
      packing,
      cut(Buffer.concat([packed, Buffer.from('garbage behind')]), 100_000),
    )
    expect(isBeginning(bytes)).toBe(true)
    expect(fault).toMatch(/^x can't be unpacked/)
  })
  test('what unpacks to more than a limit is given up', async () => {
    const { fault } = await unpackAll(packing, cut(packed, 1_000), 10_000)
    expect(fault).toBe('x unpacks to more than 10000 bytes: unpack it first')
  })
  test('a fault of what it reads comes through as it is', async () => {
    const broken = new Error('the disk is gone')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 100)
      throw Object.assign(broken, { syscall: 'read' })
    }
    expect((await unpackAll(packing, failing())).fault).toBe(broken)
  })
  test('one that is not read to its end ends what it reads, and leaves the way free for others', async () => {
    let isEnded = false
    async function* watched(): AsyncGenerator<Uint8Array> {
      try {
        yield* cut(packed, 500)
      } finally {
        isEnded = true
      }
    }
    for await (const chunk of unpack(watched(), { packing, name: 'x' })) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    await eventually(() => isEnded, { what: 'the end of what is read' })
    expect((await unpackAll(packing, cut(packed, 5_000))).fault).toBe(undefined)
  })
})

test('a bzip2 block whose run has no end is refused', async () => {
  let bits = ''
  const push = (value: number, count: number): void => void (bits += value.toString(2).padStart(count, '0'))
  for (const byte of Buffer.from('BZh1')) push(byte, 8)
  for (const byte of [0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0, 0, 0, 0]) push(byte, 8)
  push(0, 1)
  push(0, 24)
  // One byte is used, two tables with codes of two bits, one selector.
  push(0x8000, 16)
  push(0x8000, 16)
  push(2, 3)
  push(1, 15)
  push(0, 1)
  for (let table = 0; table < 2; table++) {
    push(2, 5)
    push(0, 3)
  }
  // Forty digits of a run's length, then its end.
  push(0, 80)
  push(2, 2)
  const bytes = Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    Number.parseInt(bits.slice(8 * i, 8 * i + 8).padEnd(8, '0'), 2),
  )
  expect((await unpackAll('bz2', cut(bytes, 100))).fault).toBe("x can't be unpacked behind byte 0: it is damaged")
})

test('all that could be unpacked is given before it is said that it ends too early', async () => {
  for (const size of [1_000, PACKED.gz.length]) {
    const { bytes, fault } = await unpackAll('gz', cut(PACKED.gz.subarray(0, -5), size))
    expect([bytes.length, fault]).toEqual([
      LINES.length,
      `x can't be unpacked behind byte ${LINES.length}: it ends too early`,
    ])
  }
})

test('text that begins as a packing does is text', () => {
  expect(packingOf(Buffer.from('BZh1 is a vehicle,1,2'))).toBe(undefined)
  expect(packingOf(Buffer.from('PK,name'))).toBe(undefined)
})
