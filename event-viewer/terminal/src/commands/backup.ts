import {
  type BackUpProgress,
  backUp,
  checkBackup,
  type KeptHub,
  listBackups,
  type Manifest,
  type ObjectStore,
  openStore,
  pruneBackups,
  readManifest,
} from '@fleetlake/archive'
import type { Config } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { version } from '@fleetlake/service'
import { humanBytes } from '@fleetlake/viewer-core'
import type { Command } from 'commander'
import {
  factsOf,
  lineOfBackup,
  linesOfDrill,
  linesOfReport,
  sentenceOfCheck,
  sentenceOfPrune,
} from '../backup/backup-text.ts'
import { lookAtHub } from '../backup/look-at-hub.ts'
import { openPlace } from '../backup/open-place.ts'
import { runDrill } from '../backup/run-drill.ts'
import { parsePositiveCount } from '../options.ts'
import { findHub } from '../terminal/find-hub.ts'
import { createProgress } from '../terminal/progress.ts'
import { type CommandContext, examples, reads } from './context.ts'

export interface PlaceOptions {
  readonly storeConfig?: string
}

interface BackUpFlags extends PlaceOptions {
  readonly keep?: number
  readonly verify?: boolean
}

interface DrillFlags extends PlaceOptions {
  readonly into?: string
}

interface CheckFlags extends PlaceOptions {
  readonly backup?: string
}

/** Something in a backup is not as it was written, or can't be read. */
const DAMAGED = 3

export const addBackup = (program: Command, context: CommandContext): void => {
  const command = program
    .command('backup')
    .description('copy the archive to another place while services go on; check, list and delete copies')
    .addHelpText(
      'after',
      `${examples(
        ['backup /mnt/backup/fleet', 'copy what is new since the last backup'],
        [
          'backup s3://backup-bucket/fleet --store-config backup.yaml --keep 14 --verify',
          'into another account; the 14 newest stay; every file is read again',
        ],
        ['backup list /mnt/backup/fleet', 'the backups that are whole'],
        ['backup drill /mnt/backup/fleet', 'make one, restore it elsewhere, and compare every row'],
        ['backup check /mnt/backup/fleet', 'read every file of the newest backup'],
      )}\nA place is a folder, s3://bucket/prefix or azure://container/prefix. Keys and passwords are in no backup; see docs/operations/backup.md.\n`,
    )
  place(command.command('run <place>', { isDefault: true }).description('make a backup'))
    .option(
      '--keep <n>',
      'keep the n newest backups and delete older ones (default: all stay)',
      reads(parsePositiveCount),
    )
    .option('--verify', 'read every file of the backup again')
    .action(async (path: string, flags: BackUpFlags) => make(path, flags, context))
  place(command.command('list <place>').description('list the backups that are whole, the oldest first')).action(
    async (path: string, flags: PlaceOptions) => list(path, flags, context),
  )
  place(
    command
      .command('drill <place>')
      .description('make a backup, restore it elsewhere, and compare every row with the archive'),
  )
    .option('--into <place>', 'an empty place to restore to, which stays (default: a temporary folder, which goes)')
    .action(async (path: string, flags: DrillFlags) => drill(path, flags, context))
  place(command.command('check <place>').description('read every file of a backup and compare it with its checksum'))
    .option('--backup <id>', 'which one (default: the newest)')
    .action(async (path: string, flags: CheckFlags) => check(path, flags, context))
}

export const place = (command: Command): Command =>
  command.option(
    '--store-config <file>',
    'a file whose archive.s3 or archive.azure says how to come to the place (default: as to the archive)',
  )

/** The backup of an id, or the newest one. @throws FleetError `usage.invalid` */
export const findBackup = async (target: ObjectStore, id: string | undefined): Promise<Manifest> => {
  const { finished, unfinished } = await listBackups(target)
  const found = id ?? finished.at(-1)
  if (found === undefined) {
    const left = unfinished.length === 0 ? '' : `; ${unfinished.length} unfinished, which don't count`
    throw new FleetError('usage.invalid', `there is no backup at ${target.url('')}${left}: check the place`)
  }
  if (!finished.includes(found) && unfinished.every((each) => each.id !== found))
    throw new FleetError('usage.invalid', `there is no backup ${found} at ${target.url('')}: see \`fleet backup list\``)
  return readManifest(target, found)
}

const make = async (
  path: string,
  { storeConfig, keep, verify = false }: BackUpFlags,
  context: CommandContext,
): Promise<void> => {
  const { terminal, json, signal } = context
  const config = context.config()
  const archive = await openStore(config.archive)
  const target = await openPlace(path, config, storeConfig)
  const progress = showProgress(context, 'copying')
  let report
  try {
    report = await backUp(archive, target, {
      software: version,
      signal,
      lookAtHub: hubOf(config, signal),
      onProgress: progress.show,
    })
  } finally {
    progress.stop()
  }
  if (json())
    terminal.print(
      JSON.stringify({
        ...(factsOf(report.manifest) as object),
        copiedFiles: report.copiedFiles,
        copiedBytes: report.copiedBytes,
      }),
    )
  else linesOfReport(report).forEach((line) => terminal.print(line))
  if (verify && !(await verified(target, report.manifest, context))) return
  if (keep !== undefined) terminal.say(sentenceOfPrune(await pruneBackups(target, { keep, nowMs: Date.now(), signal })))
}

/** How the hub stands, if it answers at once. */
const hubOf = (config: Config, signal: AbortSignal) => async (): Promise<KeptHub | null> => {
  const hub = await findHub(config, signal)
  try {
    return hub === undefined ? null : await lookAtHub(hub).catch(() => null)
  } finally {
    await hub?.close()
  }
}

const drill = async (path: string, { storeConfig, into }: DrillFlags, context: CommandContext): Promise<void> => {
  const { terminal, json, signal } = context
  const config = context.config()
  const target = await openPlace(path, config, storeConfig)
  const report = await runDrill(config.archive, target, {
    software: version,
    signal,
    lookAtHub: hubOf(config, signal),
    into,
    onStep: (step) => terminal.say(step),
  })
  if (json()) terminal.print(JSON.stringify(report))
  else linesOfDrill(report).forEach((line) => terminal.print(line))
  if (report.differences.length > 0) context.exitWith(DAMAGED)
}

/** @returns whether each file is as it was written */
const verified = async (target: ObjectStore, manifest: Manifest, context: CommandContext): Promise<boolean> => {
  const { terminal, signal } = context
  const bytes = Object.values(manifest.tables).reduce((total, table) => total + (table?.bytes ?? 0), 0)
  const progress = showProgress(context, 'reading')
  let [doneBytes, doneFiles] = [0, 0]
  let report
  try {
    report = await checkBackup(target, manifest, {
      signal,
      onFile: (file) => progress.show({ bytes, doneBytes: (doneBytes += file.bytes), doneFiles: ++doneFiles }),
    })
  } finally {
    progress.stop()
  }
  report.faults.forEach((fault) => terminal.say(fault, 'red'))
  terminal.say(sentenceOfCheck(report))
  if (report.faults.length > 0) context.exitWith(DAMAGED)
  return report.faults.length === 0
}

/** A bar once it is known how much there is. */
export const showProgress = (
  { terminal, json }: CommandContext,
  title: string,
): { readonly show: (progress: BackUpProgress) => void; readonly stop: () => void } => {
  let bar: ReturnType<typeof createProgress> | undefined
  return {
    show: ({ bytes, doneBytes, doneFiles }) => {
      const say = json() ? undefined : (line: string) => terminal.say(line)
      bar ??= createProgress({ title, total: bytes, isWatched: terminal.isWatched, say })
      bar.update(doneBytes, `${doneFiles} files, ${humanBytes(doneBytes)} of ${humanBytes(bytes)}`)
    },
    stop: () => bar?.stop(),
  }
}

const list = async (path: string, { storeConfig }: PlaceOptions, context: CommandContext): Promise<void> => {
  const { terminal, json } = context
  const target = await openPlace(path, context.config(), storeConfig)
  const { finished, unfinished } = await listBackups(target)
  for (const id of finished) {
    const manifest = await readManifest(target, id).catch((error: unknown) => {
      if (!isUnreadable(error)) throw error
      terminal.say(`${id} can't be read: ${error.message}`, 'red')
      context.exitWith(DAMAGED)
    })
    if (manifest !== undefined) terminal.print(json() ? JSON.stringify(factsOf(manifest)) : lineOfBackup(manifest))
  }
  if (finished.length === 0) terminal.say(`there is no backup at ${target.url('')}`)
  for (const { id } of unfinished) terminal.say(`${id} is unfinished and does not count`, 'yellow')
}

/** It says nothing of the other backups. */
const isUnreadable = (error: unknown): error is FleetError =>
  error instanceof FleetError && (error.code === 'backup.invalid' || error.code === 'format.newer')

const check = async (path: string, { storeConfig, backup }: CheckFlags, context: CommandContext): Promise<void> => {
  const target = await openPlace(path, context.config(), storeConfig)
  const manifest = await findBackup(target, backup)
  context.terminal.print(context.json() ? JSON.stringify(factsOf(manifest)) : lineOfBackup(manifest))
  await verified(target, manifest, context)
}
