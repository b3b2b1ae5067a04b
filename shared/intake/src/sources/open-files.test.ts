import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { FleetError } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import type { Input } from '../formats/format.ts'
import { openFiles, type OpenFilesOptions } from './open-files.ts'
import { LINES, packedLines } from './testing/packed-lines.ts'

const { signal } = new AbortController()
const HEADER = 'id,time,x,y\n'
const csv = (rows: number): Uint8Array =>
  Buffer.from(HEADER + Array.from({ length: rows }, (_, i) => `v-${i},2026-11-28T04:00:00Z,116.5,39.9\n`).join(''))

const write = async (name: string, bytes: Uint8Array, folder?: string): Promise<string> => {
  const path = join(folder ?? (await temporaryFolder()), name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  return path
}

interface ZipFileOf {
  readonly name: string
  readonly bytes: Uint8Array
  readonly method?: number
  readonly packed?: Uint8Array
  readonly flags?: number
  readonly sum?: number
}

/** A zip archive, also such a one as no program makes. */
const zipOf = (...files: readonly ZipFileOf[]): Uint8Array => {
  const parts: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const { name, bytes, method = 8, packed = deflateRawSync(bytes), flags = 0x800, sum = crc32(bytes) } of files) {
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    for (const [head, from] of [
      [local, 6],
      [entry, 8],
    ] as const) {
      head.writeUInt16LE(flags, from)
      head.writeUInt16LE(method, from + 2)
      head.writeUInt32LE(sum, from + 8)
      head.writeUInt32LE(packed.length, from + 12)
      head.writeUInt32LE(bytes.length, from + 16)
      head.writeUInt16LE(Buffer.byteLength(name), from + 20)
    }
    entry.writeUInt32LE(at, 42)
    parts.push(local, Buffer.from(name), Buffer.from(packed))
    entries.push(entry, Buffer.from(name))
    at += 30 + Buffer.byteLength(name) + packed.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, directory, end])
}

const bytesFrom = async (input: Input, from = 0): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  for await (const chunk of input.read(from, signal)) pieces.push(new Uint8Array(chunk))
  const broken = input.fault?.()
  if (broken !== undefined) throw broken
  return Buffer.concat(pieces)
}

/** Of each input its name, its format and its bytes; of a fault its sentence. */
const openAll = async (
  names: readonly string[],
  options: Partial<OpenFilesOptions> = {},
): Promise<readonly (readonly [name: string, format: string, bytes: string] | string)[]> => {
  const opened = await openFiles(names, { settings: {}, signal, ...options })
  onTestFinished(() => opened.close())
  const found: (readonly [string, string, string] | string)[] = []
  for await (const each of opened.inputs) {
    if (each instanceof FleetError) found.push(each.message)
    else {
      const bytes = await bytesFrom(each.input).catch((error: FleetError) => error)
      found.push(bytes instanceof FleetError ? bytes.message : [each.input.name, each.format.name, bytes.toString()])
    }
  }
  return found
}

const text = csv(3).toString()

test.each([
  ['a.csv', csv(3)],
  ['a.csv.gz', gzipSync(csv(3))],
  ['called.csv', zstdCompressSync(csv(3))],
  ['twice', gzipSync(zstdCompressSync(csv(3)))],
])('%s is read, whatever its name says', async (name, bytes) => {
  expect(await openAll([await write(name, bytes)])).toEqual([[name, 'csv', text]])
})

test('what is packed in more than two packings, or by what is not read, is told', async () => {
  expect(await openAll([await write('a.csv', gzipSync(gzipSync(gzipSync(csv(3)))))])).toEqual([
    'a.csv is packed more than 2 times: unpack it first',
  ])
  const tar = Buffer.alloc(1_024)
  tar.write('ustar', 257)
  expect(await openAll([await write('a.tar.gz', gzipSync(tar))])).toEqual([
    'a.tar.gz is a tar archive: unpack it first with tar -xf, and name the folder',
  ])
})

test('each file of an archive is an input of its own, a packed one among them; odd ones cost themselves', async () => {
  const zip = zipOf(
    { name: 'day/a.csv', bytes: csv(3) },
    { name: 'day/', bytes: Buffer.alloc(0) },
    { name: '__MACOSX/day/._a.csv', bytes: csv(3) },
    { name: 'day/.DS_Store', bytes: csv(3) },
    { name: 'day/b.csv.gz', bytes: gzipSync(csv(3)) },
    { name: 'stored.csv', bytes: csv(3), method: 0, packed: csv(3) },
    { name: 'zstd.csv', bytes: csv(3), method: 93, packed: zstdCompressSync(csv(3)) },
    { name: 'secret.csv', bytes: csv(3), flags: 0x801 },
    { name: 'odd.csv', bytes: csv(3), method: 9 },
    { name: 'changed.csv', bytes: csv(3), sum: 7 },
    { name: 'nothing.csv', bytes: Buffer.alloc(0) },
    { name: 'last.csv', bytes: csv(3) },
  )
  const path = await write('trips.zip', zip)
  expect(await openAll([path])).toEqual([
    ['trips.zip/day/a.csv', 'csv', text],
    ['trips.zip/day/b.csv.gz', 'csv', text],
    ['trips.zip/stored.csv', 'csv', text],
    ['trips.zip/zstd.csv', 'csv', text],
    'trips.zip/secret.csv is encrypted: unpack it first, with its password',
    'trips.zip/odd.csv is packed in a way that is not known (method 9): unpack it first',
    expect.stringContaining('trips.zip/changed.csv is damaged: its checksum does not fit') as string,
    ['trips.zip/nothing.csv', 'csv', ''],
    ['trips.zip/last.csv', 'csv', text],
  ])
})

test('an archive that is cut, and one without files, are told', async () => {
  const zip = zipOf({ name: 'a.csv', bytes: csv(3) })
  const found = [
    ...(await openAll([await write('cut.zip', zip.subarray(0, zip.length - 30))])),
    ...(await openAll([await write('empty.zip', zipOf())])),
  ]
  expect(found).toEqual([
    expect.stringContaining('cut.zip is no zip archive that can be read') as string,
    'empty.zip has no files in it',
  ])
})

test('reading goes on at any place of what is packed', async () => {
  const zip = zipOf({ name: 'lines', bytes: LINES })
  const files = [
    await write('lines', LINES),
    await write('lines.gz', gzipSync(LINES)),
    await write('lines.bz2', packedLines('lines.bz2')),
    await write('lines.xz', packedLines('lines.xz')),
    await write('lines.zip', zip),
  ]
  const opened = await openFiles(files, { settings: { from: 'csv' }, signal })
  onTestFinished(() => opened.close())
  let inputs = 0
  for await (const each of opened.inputs) {
    if (each instanceof FleetError) throw each
    inputs++
    for (const from of [0, 1, 100_000, LINES.length])
      expect(Buffer.compare(await bytesFrom(each.input, from), LINES.subarray(from))).toBe(0)
  }
  expect(inputs).toBe(5)
  expect(opened.bytesDone()).toBe(opened.bytes)
})

test('files of one name in several folders are told apart', async () => {
  const folder = await temporaryFolder()
  for (const name of ['a/log.csv', 'b/log.csv', 'b/log.csv.gz'])
    await write(name, name.endsWith('gz') ? gzipSync(csv(1)) : csv(1), folder)
  expect((await openAll([folder])).map(([name]) => name)).toEqual(['a/log.csv', 'b/log.csv', 'b/log.csv.gz'])
})

test('UTF-16 is given as UTF-8, packed or not', async () => {
  const wide = 'id,name\n1,Größe €\n2,😀\n'
  const little = Buffer.from(`\uFEFF${wide}`, 'utf16le')
  const big = Buffer.from(little).swap16()
  const folder = await temporaryFolder()
  const names = [
    await write('le.csv', little, folder),
    await write('be.csv', big, folder),
    await write('le.csv.gz', gzipSync(little), folder),
  ]
  expect(await openAll(names, { settings: { from: 'csv' } })).toEqual([
    ['le.csv', 'csv', wide],
    ['be.csv', 'csv', wide],
    ['le.csv.gz', 'csv', wide],
  ])
  const huge = Buffer.from([0xff, 0xfe, 0, 0, 65, 0, 0, 0])
  expect(await openAll([await write('utf32.csv', huge)])).toEqual([
    'utf32.csv is UTF-32: convert it first, such as with iconv -f UTF-32 -t UTF-8',
  ])
})

test.each([
  ['plain', csv(40_000)],
  ['packed', gzipSync(csv(40_000))],
])('standard input is read without losing what was looked at: %s', async (_, bytes) => {
  const chunks = Array.from({ length: Math.ceil(bytes.length / 1_000) }, (__, i) =>
    bytes.subarray(1_000 * i, 1_000 * (i + 1)),
  )
  const standardInput = Readable.from(chunks)
  expect(await openAll(['-'], { standardInput })).toEqual([['standard input', 'csv', csv(40_000).toString()]])
})

test('the beginning of standard input can be read again, and what is beyond it once', async () => {
  const openBytes = async (bytes: Buffer): Promise<Input> => {
    const standardInput = Readable.from(
      Array.from({ length: Math.ceil(bytes.length / 1e6) }, (_, i) => bytes.subarray(1e6 * i, 1e6 * (i + 1))),
    )
    const opened = await openFiles(['-'], { settings: { from: 'csv' }, signal, standardInput })
    onTestFinished(() => opened.close())
    expect([opened.shape, opened.bytes]).toEqual([undefined, undefined])
    for await (const each of opened.inputs) {
      if (each instanceof FleetError) throw each
      return each.input
    }
    throw new Error('there is no input')
  }
  const few = await openBytes(Buffer.from(csv(9)))
  for (const from of [0, 5, 0]) expect(await bytesFrom(few, from)).toEqual(Buffer.from(csv(9)).subarray(from))
  const bytes = Buffer.alloc(9e6, 'v-1,2026-11-28T04:00:00Z,116.5,39.9\n')
  const many = await openBytes(bytes)
  expect(Buffer.compare(await bytesFrom(many), bytes)).toBe(0)
  await expect(bytesFrom(many)).rejects.toThrow(fault('import.invalid', 'can be read again within its first'))
  await expect(openFiles(['-', 'a.csv'], { settings: {}, signal })).rejects.toThrow(fault('usage.invalid', 'alone'))
})

test('a pipe that is named is read, too', async () => {
  const path = join(await temporaryFolder(), 'pipe')
  execFileSync('mkfifo', [path])
  const writing = import('node:fs/promises').then(({ writeFile }) => writeFile(path, csv(3)))
  expect(await openAll([path])).toEqual([['pipe', 'csv', text]])
  await writing
})

const spooled = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('fleetlake-import-'))

test('temporary files are deleted with their input, and at the end, also after a fault', async () => {
  const before = new Set(spooled())
  const own = (): string[] => spooled().filter((name) => !before.has(name))
  const names = [await write('a.gz', gzipSync(csv(3))), await write('cut.gz', gzipSync(csv(9_000)).subarray(0, 6_000))]
  const opened = await openFiles(names, { settings: { from: 'csv' }, signal })
  const paths: string[] = []
  for await (const each of opened.inputs) {
    if (each instanceof FleetError) throw each
    const path = await each.input.file(signal).catch((error: unknown) => error)
    if (typeof path === 'string') {
      paths.push(path)
      expect(existsSync(path)).toBe(true)
      // What was spooled is read from there.
      expect((await bytesFrom(each.input, HEADER.length)).toString()).toBe(text.slice(HEADER.length))
    } else expect(path).toEqual(fault('import.invalid', "cut.gz can't be unpacked behind byte"))
  }
  expect([paths.length, paths.map((path) => existsSync(path))]).toEqual([1, [false]])
  expect(own().length).toBe(1)
  await opened.close()
  expect(own()).toEqual([])
})

test('an aborted reading ends with an AbortError, however long a pipe gives nothing', async () => {
  const controller = new AbortController()
  async function* silent(): AsyncGenerator<Uint8Array> {
    yield csv(2_000)
    yield csv(2_000)
    await new Promise(() => {})
  }
  const opened = await openFiles(['-'], { settings: { from: 'csv' }, signal, standardInput: silent() })
  onTestFinished(() => opened.close())
  for await (const each of opened.inputs) {
    if (each instanceof FleetError) throw each
    const reading = (async () => {
      for await (const chunk of each.input.read(0, controller.signal)) {
        expect(chunk.length).toBeGreaterThan(0)
        controller.abort()
      }
    })()
    await expect(reading).rejects.toHaveProperty('name', 'AbortError')
    break
  }
})

test('ids come from paths, those of archives and their files among them; a path that does not fit is told', async () => {
  const zip = await write(
    'bus-7.zip',
    zipOf({ name: '2008.csv', bytes: csv(1) }, { name: 'x/2009.csv', bytes: csv(1) }),
  )
  const idsBy = async (vehicleIdFrom: string): Promise<unknown[]> => {
    const opened = await openFiles([zip], { settings: { vehicleIdFrom }, signal })
    onTestFinished(() => opened.close())
    const ids: unknown[] = []
    for await (const each of opened.inputs) ids.push(each instanceof FleetError ? each.message : each.vehicleId)
    return ids
  }
  expect(await idsBy('{parent}/{name}')).toEqual(['bus-7/2008', 'x/2009'])
  expect(await idsBy('{vehicle}.zip/*.csv')).toEqual([
    'bus-7',
    expect.stringMatching(/bus-7.zip\/x\/2009.csv does not fit to "\{vehicle\}.zip\/\*.csv": say the id/) as string,
  ])
})

test('18,000 small files are opened one after the other, in the order of their paths', async () => {
  const folder = await temporaryFolder()
  const names = Array.from({ length: 18_000 }, (_, i) => `trip_${i}.csv`)
  for (const [i, name] of names.entries()) writeFileSync(join(folder, name), `${HEADER}${i}`)
  const opened = await openFiles([folder], { settings: { vehicleIdFrom: 'trip_{vehicle}.csv' }, signal })
  onTestFinished(() => opened.close())
  const found: string[] = []
  for await (const each of opened.inputs) {
    if (each instanceof FleetError) throw each
    found.push(`${each.input.name} ${each.vehicleId} ${each.format.name} ${(await bytesFrom(each.input)).toString()}`)
  }
  expect(found).toEqual(
    names.toSorted().map((name) => {
      const i = /\d+/.exec(name)![0]
      return `${name} ${i} csv ${HEADER}${i}`
    }),
  )
  expect([opened.files, opened.bytesDone()]).toEqual([18_000, opened.bytes])
})

test('of a packed file that breaks off, whole lines are given before the fault is told', async () => {
  const packed = gzipSync(csv(40))
  const path = await write('a.csv.gz', packed.subarray(0, -20))
  const opened = await openFiles([path], { settings: {}, signal })
  onTestFinished(() => opened.close())
  for await (const each of opened.inputs) {
    if (each instanceof FleetError) throw each
    const { input } = each
    expect(input.fault?.()).toBeUndefined()
    let bytes = Buffer.alloc(0)
    for await (const chunk of input.read(0, signal)) bytes = Buffer.concat([bytes, chunk])
    const given = bytes.toString()
    expect(Buffer.from(csv(40)).toString().startsWith(given)).toBe(true)
    expect([given.split('\n').length > 20, given.endsWith('\n')]).toEqual([true, true])
    expect(input.fault?.()).toEqual(fault('import.invalid', 'ends too early'))
  }
})
