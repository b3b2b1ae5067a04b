import { stat } from 'node:fs/promises'
import {
  describeTable,
  feederOf,
  isFolder,
  openLossStore,
  openLossTable,
  openRegistryStore,
  openTable,
  openTableStore,
  probeStore,
  readMarks,
  unsettled,
} from '@fleetlake/archive'
import type { Config } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { openRegistry } from '@fleetlake/registry'
import type { Facts, SeenFacts, Told } from '../facts.ts'
import { attempt, whenKnown } from './attempt.ts'

export type ArchiveFacts = Pick<Facts, 'store' | 'table' | 'losses' | 'registry'> & { readonly seen: Told<SeenFacts> }

/** A folder that is not there is not made: its disk may not be mounted. */
const checkFolder = async ({ archive }: Config): Promise<void> => {
  if (!isFolder(archive.path)) return
  if (
    await stat(archive.path).then(
      (info) => info.isDirectory(),
      () => false,
    )
  )
    return
  throw new FleetError(
    'store.failed',
    `there is no folder ${archive.path}: check archive.path and that its disk is mounted`,
  )
}

/** What the archive tells, of each table by itself. */
export const lookAtArchive = async (config: Config, timeoutMs: number): Promise<ArchiveFacts> => {
  const settings = {
    ...config.archive,
    requestTimeoutMs: Math.min(config.archive.requestTimeoutMs, timeoutMs),
    // What fails once is told.
    requestAttempts: 1,
  }
  const [store, described, losses, registry, marks] = await Promise.all([
    attempt('write to the archive', timeoutMs, async () => {
      await checkFolder(config)
      const theirMs = await probeStore(await openTableStore(settings))
      return { theirMs, ourMs: Date.now() }
    }),
    attempt('open the table', timeoutMs, async () => {
      await checkFolder(config)
      const tableStore = await openTableStore(settings)
      const { snapshot } = await openTable(tableStore)
      const { id, version, warnings } = snapshot
      const { files, smallFiles, offsets } = await describeTable(tableStore, snapshot, {
        nowMs: Date.now(),
        losses: [],
      })
      const table = { id, version, files, smallFiles, offsets, warnings, feeder: feederOf(snapshot.txns)?.hub }
      return { table, offsets: { txns: snapshot.txns, txnTimes: snapshot.txnTimes } }
    }),
    attempt(
      'open the table of losses',
      timeoutMs,
      async () => unsettled((await openLossTable(await openLossStore(settings)))?.losses ?? []).length,
    ),
    attempt('open the registry', timeoutMs, async () => {
      const opened = await openRegistry(await openRegistryStore(settings))
      try {
        return opened.faults()
      } finally {
        await opened.close()
      }
    }),
    attempt('read how far the streams were seen', timeoutMs, async () => readMarks(await openLossStore(settings))),
  ])
  const table = await whenKnown(described, async (known) => ({ isKnown: true, value: known.table }))
  const seen = await whenKnown(described, ({ offsets }) =>
    whenKnown(marks, async (value) => ({ isKnown: true, value: { offsets, marks: value } })),
  )
  return { store, table, losses, registry, seen }
}
