import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileStore, openTable, writeChunk } from '@fleetlake/archive'
import { rowsOfArrays, textsOfStrings } from '@fleetlake/columnar'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { windowStart } from '@fleetlake/core'
import { temporaryFolder } from '@fleetlake/testing'

const WINDOW_MS = 600_000
const CELL = '69y7p'

/** For tests: an archive in a folder with three chunks of a cell, of which two hold the same row. @param created of the stream that it holds up to 42 */
export const makeArchive = async ({ created = '2026-01-01T00:00:00Z' } = {}): Promise<{
  config: string
  folder: string
}> => {
  const archive = await temporaryFolder()
  const folder = join(archive, 'moves')
  const store = createFileStore(folder)
  const table = await openTable(store, {
    create: { geohashLength: 5, windowMs: WINDOW_MS },
    // The rows came when their date was young.
    now: () => Date.UTC(2026, 0, 6),
  })
  const chunkAt = (time: number) =>
    writeChunk(
      rowsOfArrays({
        length: 1,
        vehicleIds: textsOfStrings(['v-1']),
        vehicle: Int32Array.of(0),
        vehicleTypes: ['bus'],
        vehicleType: Int32Array.of(0),
        eventTime: Float64Array.of(time),
        longitude: Int32Array.of(-58_380_000),
        latitude: Int32Array.of(-34_600_000),
        speed: Float32Array.of(1),
        heading: Float32Array.of(2),
      }),
      { cell: CELL, windowStart: windowStart(time, WINDOW_MS) },
      { store, codec: parquetCodec },
    )
  const first = Date.UTC(2026, 0, 5, 7)
  const add = [await chunkAt(first), await chunkAt(first), await chunkAt(first + WINDOW_MS)]
  const offset = { appId: `MOVES_0@${created}#0`, from: 0, to: 42 }
  await table.commit({ parts: [{ add, offset }], operation: 'WRITE' })
  await table.close()
  const config = join(archive, 'fleet.yaml')
  await writeFile(config, `archive:\n  path: ${archive}\n`)
  return { config, folder }
}
