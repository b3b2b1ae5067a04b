import {
  checkBackup,
  checkEmpty,
  feederOf,
  openStore,
  openTable,
  openTableStore,
  restoreBackup,
} from '@fleetlake/archive'
import type { Config } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import { readArchiveClaim } from '@fleetlake/hub'
import type { Command } from 'commander'
import { adviseOnHub, type HubView } from '../backup/advise.ts'
import { factsOf, lineOfBackup, sentenceOfCheck, sentenceOfRestore } from '../backup/backup-text.ts'
import { openPlace } from '../backup/open-place.ts'
import { findHub } from '../terminal/find-hub.ts'
import { findBackup, place, type PlaceOptions, showProgress } from './backup.ts'
import { type CommandContext, examples } from './context.ts'

interface RestoreFlags extends PlaceOptions {
  readonly backup?: string
  readonly dryRun?: boolean
}

/** Something in the backup is not as it was written. */
const DAMAGED = 3

export const addRestore = (program: Command, context: CommandContext): void => {
  place(
    program
      .command('restore <place>')
      .description('put a backup into `archive.path`, which must be empty; says what to do about the hub'),
  )
    .option('--backup <id>', 'which one (default: the newest)')
    .option('--dry-run', 'read the backup and look at the place, without writing')
    .addHelpText(
      'after',
      `${examples(
        ['restore /mnt/backup/fleet --dry-run', 'whether the newest backup is whole and the archive’s place is empty'],
        ['restore /mnt/backup/fleet', 'restore it'],
        [
          'restore s3://backup-bucket/fleet --store-config backup.yaml --backup 20261130T020000Z-0a1b2c',
          'one of another account',
        ],
      )}\nStop the services first. An interrupted restore goes on when the same command is given again.\n`,
    )
    .action(async (path: string, flags: RestoreFlags) => restore(path, flags, context))
}

const restore = async (
  path: string,
  { storeConfig, backup, dryRun = false }: RestoreFlags,
  context: CommandContext,
): Promise<void> => {
  const { terminal, json, signal } = context
  const config = context.config()
  const source = await openPlace(path, config, storeConfig)
  const manifest = await findBackup(source, backup)
  const archive = await openStore(config.archive)
  const isBegun = await checkEmpty(archive, manifest)
  if (isBegun) terminal.say('going on with a restore of this backup that was interrupted')
  if (dryRun) {
    const report = await checkBackup(source, manifest, { signal })
    terminal.print(
      json() ? JSON.stringify({ ...(factsOf(manifest) as object), faults: report.faults }) : lineOfBackup(manifest),
    )
    report.faults.forEach((fault) => terminal.say(fault, 'red'))
    terminal.say(
      `${sentenceOfCheck(report)}; ${archive.url('')} ${isBegun ? 'can be gone on with' : 'is empty'}; nothing was written`,
    )
    if (report.faults.length > 0) context.exitWith(DAMAGED)
    return
  }
  const progress = showProgress(context, 'restoring')
  let report
  try {
    report = await restoreBackup(source, manifest, archive, { signal, onProgress: progress.show })
  } finally {
    progress.stop()
  }
  const advice = await adviceFor(config, signal)
  if (json()) return terminal.print(JSON.stringify({ backup: manifest.id, ...report, advice }))
  terminal.print(`restored ${manifest.id} to ${archive.url('')}: ${sentenceOfRestore(report)}`)
  terminal.say(advice, 'yellow')
}

const adviceFor = async (config: Config, signal: AbortSignal): Promise<string> => {
  const table = await openTable(await openTableStore(config.archive))
  try {
    const { id, version, txns } = table.snapshot
    return adviseOnHub(await viewOfHub(config, signal), { id, version, feeder: feederOf(txns)?.hub })
  } finally {
    await table.close()
  }
}

const viewOfHub = async (config: Config, signal: AbortSignal): Promise<HubView> => {
  let reason = ''
  const hub = await findHub(config, signal, { onReason: (told) => (reason = told) })
  if (hub === undefined) return { kind: 'unreached', reason }
  try {
    return { kind: 'reached', claim: await readArchiveClaim(hub) }
  } catch (error) {
    return { kind: 'unreached', reason: reasonOf(error) }
  } finally {
    await hub.close()
  }
}
