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
  type StoreSettings,
  unsettled,
} from '@fleetlake/archive'
import type { Config } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { openRegistry } from '@fleetlake/registry'
import type { Facts, SeenFacts, Told } from '../facts.ts'
import { askFolder } from './ask-folder.ts'
import { attempt, whenKnown } from './attempt.ts'

export type ArchiveFacts = Pick<Facts, 'store' | 'table' | 'losses' | 'registry'> & { readonly seen: Told<SeenFacts> }

/** A folder that is not there is not made: its disk may not be mounted. */
const checkFolder = async ({ archive }: Config, signal: AbortSignal): Promise<void> => {
  if (!isFolder(archive.path) || (await askFolder(archive.path, signal)) !== undefined) return
  throw new FleetError(
    'store.failed',
    `there is no folder ${archive.path}: check archive.path and that its disk is mounted`,
  )
}

type Look = <Value>(doing: string, act: () => Promise<Value>) => Promise<Told<Value>>

const lookAtTable = async (settings: StoreSettings) => {
  const store = await openTableStore(settings)
  const opened = await openTable(store)
  try {
    const { id, version, warnings, txns, txnTimes } = opened.snapshot
    const { files, smallFiles, offsets } = await describeTable(store, opened.snapshot, {
      nowMs: Date.now(),
      losses: [],
    })
    const table = { id, version, files, smallFiles, offsets, warnings, feeder: feederOf(txns)?.hub }
    return { table, offsets: { txns, txnTimes } }
  } finally {
    await opened.close()
  }
}

const faultsOfRegistry = async (settings: StoreSettings): Promise<readonly string[]> => {
  const opened = await openRegistry(await openRegistryStore(settings))
  try {
    return opened.faults()
  } finally {
    await opened.close()
  }
}

/** What the archive tells, of each table by itself. */
export const lookAtArchive = async (config: Config, timeoutMs: number): Promise<ArchiveFacts> => {
  const settings = {
    ...config.archive,
    // What fails once is asked once more, within the time of the part.
    requestTimeoutMs: Math.min(config.archive.requestTimeoutMs, Math.ceil(timeoutMs / 2)),
    requestAttempts: Math.min(config.archive.requestAttempts, 2),
  }
  const folder = await attempt(`look at ${config.archive.path}`, timeoutMs, (signal) => checkFolder(config, signal))
  const look: Look = (doing, act) => whenKnown(folder, () => attempt(doing, timeoutMs, act))
  const [store, described, losses, registry, marks] = await Promise.all([
    look('write to the archive', async () => {
      const theirMs = await probeStore(await openTableStore(settings))
      return { theirMs, ourMs: Date.now() }
    }),
    look('open the table', () => lookAtTable(settings)),
    look(
      'open the table of losses',
      async () => unsettled((await openLossTable(await openLossStore(settings)))?.losses ?? []).length,
    ),
    look('open the registry', () => faultsOfRegistry(settings)),
    look('read how far the streams were seen', async () => readMarks(await openLossStore(settings))),
  ])
  const table = await whenKnown(described, async (known) => ({ isKnown: true, value: known.table }))
  const seen = await whenKnown(described, ({ offsets }) =>
    whenKnown(marks, async (value) => ({ isKnown: true, value: { offsets, marks: value } })),
  )
  return { store, table, losses, registry, seen }
}
