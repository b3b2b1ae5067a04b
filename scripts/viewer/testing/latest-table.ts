import { openLatestStore } from '@fleetlake/archive'
import { configSchema } from '@fleetlake/contracts'
import { ALL_BUCKETS, LATEST, openProjectionTable } from '@fleetlake/projections'
import type { TestViewer } from './viewer.ts'

/**
 * Makes the table of last positions as it is before anything is archived: finders follow from there what the archive gets.
 * @param viewer that has archived nothing yet
 */
export const makeLatestTable = async ({ archivePath }: Pick<TestViewer, 'archivePath'>): Promise<void> => {
  const { archive } = configSchema.parse({ archive: { path: archivePath } })
  const table = await openProjectionTable(await openLatestStore(archive), LATEST, { create: true })
  const committed = await table!.commit({
    buckets: ALL_BUCKETS,
    from: undefined,
    to: { version: 0, commit: 0, frontier: 0 },
    operation: 'WRITE',
  })
  if (committed.status !== 'committed') throw new Error('the table of last positions is there already')
  await table!.close()
}
