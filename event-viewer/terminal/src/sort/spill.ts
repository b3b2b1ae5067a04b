import { decodePositions, encodeDescribedPositions, type Positions } from '@fleetlake/columnar'
import { FleetError } from '@fleetlake/core'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Batches that lie in a file, to be read in the order they were written in. */
export type SpilledRun = AsyncIterable<Positions>

/** A temporary file of runs. */
export interface Spill {
  /** @throws FleetError `store.failed` */
  write(batches: AsyncIterable<Positions> | Iterable<Positions>): Promise<SpilledRun>
  close(): Promise<void>
}

interface Frame {
  readonly at: number
  readonly bytes: number
}

/** The file has no name once it is open, so that nothing is left of it whatever happens. */
export const openSpill = async (): Promise<Spill> => {
  const file = await openNameless()
  let end = 0

  const append = async (rows: Positions): Promise<Frame> => {
    const encoded = encodeDescribedPositions(rows)
    const at = end
    for (let written = 0; written < encoded.length;) {
      const { bytesWritten } = await file
        .write(encoded, written, encoded.length - written, at + written)
        .catch((cause: unknown) => {
          throw failed("can't be written", cause)
        })
      written += bytesWritten
    }
    end += encoded.length
    return { at, bytes: encoded.length }
  }

  const read = async ({ at, bytes }: Frame): Promise<Positions> => {
    const { buffer, bytesRead } = await file.read({ buffer: new Uint8Array(bytes), position: at })
    const rows = bytesRead === bytes ? decodePositions(buffer) : undefined
    if (rows === undefined) throw failed('was changed by another', undefined)
    return rows
  }

  const runOf = (frames: readonly Frame[]): SpilledRun => ({
    [Symbol.asyncIterator]: async function* () {
      for (const frame of frames) yield await read(frame)
    },
  })

  return {
    write: async (batches) => {
      const frames: Frame[] = []
      for await (const rows of batches) frames.push(await append(rows))
      return runOf(frames)
    },
    close: () => file.close(),
  }
}

const failed = (what: string, cause: unknown): FleetError =>
  new FleetError(
    'store.failed',
    `the temporary file for sorting in ${tmpdir()} ${what}: set TMPDIR to another folder`,
    {
      cause,
    },
  )

const openNameless = async (): Promise<FileHandle> => {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'fleet-sort-'))
    try {
      return await open(join(folder, 'rows'), 'wx+')
    } finally {
      await rm(folder, { recursive: true })
    }
  } catch (cause) {
    throw failed("can't be made", cause)
  }
}
