import { readFile } from 'node:fs/promises'
import { createArena } from '@fleetlake/columnar/parquet'
import { type ObjectStore, openTableStore } from '@fleetlake/archive'
import { configSchema } from '@fleetlake/contracts'
import { areaOf } from '@fleetlake/core'
import { startTestAzure, startTestS3 } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { writeForeign } from '../testing/foreign-file.ts'
import { createRowSelector } from '../core/select-rows.ts'
import { readChunk, SMALL_FILE_BYTES } from './read-chunk.ts'

const ROWS = 400_000
const AREA = [
  [-60, -40],
  [-50, -40],
  [-50, -30],
  [-60, -30],
  [-60, -40],
]
const search = {
  area: areaOf({ type: 'Polygon', coordinates: [AREA] }),
  period: { from: 1.7e12 + 100_000, to: 1.7e12 + 100_500 },
  vehicleTypes: undefined,
  vehicleIds: undefined,
}

const openAt = (archive: object): Promise<ObjectStore> => openTableStore(configSchema.parse({ archive }).archive)

const onS3 = async (): Promise<ObjectStore> => {
  const server = await startTestS3()
  onTestFinished(() => server.stop())
  return openAt({ path: `s3://${await server.createBucket()}/a`, s3: server.settings })
}

const onAzure = async (): Promise<ObjectStore> => {
  const server = await startTestAzure()
  onTestFinished(() => server.stop())
  return openAt({ path: `azure://${await server.createContainer()}/a`, azure: server.settings })
}

test.each([
  ['S3', onS3],
  ['Azure', onAzure],
])('a large file on %s is scanned with its filter, whatever its path holds', async (_, start) => {
  const store = await start()
  const { file, bytes } = await writeForeign(ROWS)
  expect(bytes).toBeGreaterThan(SMALL_FILE_BYTES)
  for (const path of ['date=2023-11-14/cell=69y7p/large.parquet', 'odd [*] ü?/100% + a b.parquet']) {
    await store.putIfAbsent(path, await readFile(file))
    const found = await readChunk(store, { path, bytes, inside: false }, { search, arena: createArena() })
    if ('fault' in found) throw new Error(found.fault)
    const select = createRowSelector(search)
    const times: number[] = []
    let bytesRead = 0
    for (;;) {
      const { done, value } = await found.pieces.next()
      if (done === true) break
      for (const row of select(value.rows, false)) times.push(value.rows.eventTime[row])
      bytesRead += value.bytesRead
    }
    expect(times).toEqual(Array.from({ length: 500 }, (__, i) => 1.7e12 + 100_000 + i))
    expect(bytesRead).toBeLessThan(bytes / 10)
  }
  const told = await readChunk(store, { path: 'none.parquet', bytes, inside: false }, { search, arena: createArena() })
  expect(told).toEqual({ fault: 'the file is missing' })
})
