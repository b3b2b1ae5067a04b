import { join } from 'node:path'
import { startTestAzure, startTestS3, temporaryFolder } from '@fleetlake/testing'
import { configSchema } from '@fleetlake/contracts'
import { onTestFinished, expect, test } from 'vitest'
import { createFileStore } from '../store/file-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { openStore } from '../store/open-store.ts'
import { backUp } from './back-up.ts'
import { checkBackup } from './check-backup.ts'
import { readManifest } from './manifest.ts'
import { restoreBackup } from './restore-backup.ts'
import { openWorld, rowsIn } from './testing/backup-world.ts'

const { signal } = new AbortController()

/** From one store to another by way of backups: what is restored is backed up again. */
test('an archive goes from a folder by S3 into Azure, by a folder into S3 and back into a folder, whole', async () => {
  const s3 = await startTestS3()
  onTestFinished(() => s3.stop())
  const azure = await startTestAzure()
  onTestFinished(() => azure.stop())
  const bucket = await s3.createBucket()
  const container = await azure.createContainer()
  const { archive } = configSchema.parse({ archive: { s3: s3.settings, azure: azure.settings } })
  const at = (path: string): Promise<ObjectStore> => openStore({ ...archive, path })
  const folder = await temporaryFolder()

  const world = await openWorld({ store: createFileStore(join(folder, 'archive')) })
  for (let i = 0; i < 5; i++) await world.write()
  await world.lose()
  await world.compact()
  const expected = await rowsIn(world.archive)
  expect(expected).toHaveLength(100)

  let from = world.archive
  const ways: readonly (readonly [backups: string, restored: string])[] = [
    [`s3://${bucket}/backups`, `azure://${container}/archive`],
    [join(folder, 'backups'), `s3://${bucket}/archive`],
    [`azure://${container}/backups`, join(folder, 'restored')],
  ]
  for (const [backups, restored] of ways) {
    const [target, place] = [await at(backups), await at(restored)]
    const { manifest } = await backUp(from, target, { software: '9.9.9', lookAtHub: async () => null, signal })
    const kept = await readManifest(target, manifest.id)
    expect(kept).toEqual(manifest)
    expect(await checkBackup(target, kept, { signal })).toMatchObject({ faults: [] })
    await restoreBackup(target, kept, place, { signal })
    expect(await rowsIn(place)).toEqual(expected)
    from = place
  }
})
