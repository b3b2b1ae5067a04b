import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openTableStore } from '@fleetlake/archive'
import { type ArchiveConfig, configSchema } from '@fleetlake/contracts'
import { startTestAzure, startTestS3 } from '@fleetlake/testing'
import type { DemoOptions } from './options.ts'

/** Where a demo's archive is. */
export interface ArchivePlace {
  /** As `archive.path`. */
  readonly path: string
  readonly archive: ArchiveConfig
  /** Settings by which every service finds it. */
  readonly env: Record<string, string>
  /** The table as a folder that needs no code of ours to be read: itself, or a copy of all its objects. */
  provideTable(): Promise<string>
  stop(): Promise<void>
}

type Place = Pick<DemoOptions, 'store'> & { readonly dataDir: string }

/** A folder, or a bucket or container of a server that is started for it and ends with it. */
export const startArchivePlace = async (
  { store, dataDir }: Place,
  say: (line: string) => void,
): Promise<ArchivePlace> => {
  if (store === 'file') {
    const path = join(dataDir, 'archive')
    const { archive } = configSchema.parse({ archive: { path } })
    return { path, archive, env: {}, provideTable: async () => join(path, 'moves'), stop: async () => {} }
  }
  const { path, settings, stop } = await (store === 's3' ? startS3(say) : startAzure())
  const archive = configSchema.parse({ archive: { path, [store]: settings } }).archive
  return {
    path,
    archive,
    env: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [
        `FLEET_ARCHIVE_${store}_${words(name)}`.toUpperCase(),
        String(value),
      ]),
    ),
    provideTable: async () => {
      const folder = join(dataDir, 'archive-copy')
      const objects = await openTableStore(archive)
      for await (const object of objects.list('')) {
        const file = join(folder, object.path)
        await mkdir(dirname(file), { recursive: true })
        await writeFile(file, (await objects.get(object.path))!)
      }
      return folder
    },
    stop,
  }
}

const words = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`)

interface Started {
  readonly path: string
  readonly settings: object
  stop(): Promise<void>
}

const startS3 = async (say: (line: string) => void): Promise<Started> => {
  const { createBucket, settings, stop } = await startTestS3(say)
  return { path: `s3://${await createBucket()}/archive`, settings, stop }
}

const startAzure = async (): Promise<Started> => {
  const { createContainer, settings, stop } = await startTestAzure()
  return { path: `azure://${await createContainer()}/archive`, settings, stop }
}
