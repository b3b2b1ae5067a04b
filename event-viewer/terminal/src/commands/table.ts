import {
  applyRepair,
  cleanLog,
  compactionRules,
  compactTable,
  describeTable,
  dropOldDates,
  type ObjectStore,
  openCodec,
  openTable,
  openTableStore,
  planCompaction,
  planRepair,
  planRetention,
  type Table,
  vacuumTable,
} from '@fleetlake/archive'
import { humanDuration, plural } from '@fleetlake/viewer-core'
import type { Command } from 'commander'
import { parseDuration } from '../options.ts'
import { filesAndBytes, linesOfRepair, linesOfTable, planForMachines, sentenceOf } from '../table/table-text.ts'
import { type CommandContext, examples, reads } from './context.ts'

interface OpenArchive {
  readonly store: ObjectStore
  readonly table: Table
}

interface Dry {
  readonly dryRun?: boolean
}

export const addTable = (program: Command, context: CommandContext): void => {
  const command = program
    .command('table')
    .description('how the archive’s table stands, and by hand what a compactor does')
    .addHelpText(
      'after',
      examples(
        ['table', 'version, files, bytes, dates, how far each stream is archived'],
        ['table compact --dry-run', 'what would be merged'],
        ['table compact --quiet "1 min"', 'merge what has been quiet for a minute'],
        ['table retain --retention "1 y" --dry-run', 'the dates that would go'],
        ['table vacuum', 'delete the files that no version names any more'],
        ['table repair', 'whether the log is whole, and what would be done if it is not'],
      ) +
        '\nIt works on `archive.path` itself, beside compactors or without any; nothing that it does can harm what they do.\n',
    )

  command
    .command('show', { isDefault: true })
    .description('how it stands')
    .action(async () => withTable(context, (archive) => show(archive, context)))
  dry(command.command('compact').description('merges small files and leaves doubles out'))
    .option(
      '--quiet <duration>',
      'how long a window or date has to be over (default: compactor.quietMs)',
      reads(parseDuration),
    )
    .action(async (options: Dry & { quiet?: number }) =>
      withTable(context, (archive) => compact(archive, options, context)),
    )
  dry(command.command('retain').description('drops the dates past retention'))
    .option('--retention <duration>', 'how long dates stay (default: archive.retentionMs)', reads(parseDuration))
    .action(async (options: Dry & { retention?: number }) =>
      withTable(context, (archive) => retain(archive, options, context)),
    )
  dry(command.command('vacuum').description('deletes files that no version names any more, and old parts of the log'))
    .option(
      '--grace <duration>',
      'how long files stay (default: compactor.graceMs; never less than 2 h)',
      reads(parseDuration),
    )
    .action(async (options: Dry & { grace?: number }) =>
      withTable(context, (archive) => vacuum(archive, options, context)),
    )
  command
    .command('repair')
    .description('tells whether the log is whole, and makes it so from copies of commits, checkpoints and data files')
    .option('--apply', 'does what else is only told')
    .action(async ({ apply = false }: { apply?: boolean }) => repair(apply, context))
}

const dry = (command: Command): Command => command.option('--dry-run', 'only tells what would be done')

const withTable = async (context: CommandContext, use: (archive: OpenArchive) => Promise<void>): Promise<void> => {
  const store = await openTableStore(context.config().archive)
  const table = await openTable(store, { engine: 'Fleetlake terminal' })
  try {
    await use({ store, table })
  } finally {
    await table.close()
  }
}

const repair = async (isApplied: boolean, context: CommandContext): Promise<void> => {
  const { terminal, json, config } = context
  const store = await openTableStore(config().archive)
  const plan = await planRepair(store, Date.now())
  if (plan === undefined) return terminal.say('the log is whole: there is nothing to repair')
  if (json()) terminal.print(JSON.stringify(planForMachines(plan)))
  else linesOfRepair(plan).forEach((line) => terminal.print(line))
  if (!isApplied) {
    context.exitWith(INCOMPLETE)
    return terminal.say('nothing was changed: stop other programs that write to the table, then add --apply')
  }
  await applyRepair(store, plan, Date.now())
  terminal.say(`the log is whole again, up to version ${plan.version}; what was replaced is in ${store.url(REPLACED)}`)
}

const REPLACED = '_fleetlake/replaced'

const show = async ({ store, table }: OpenArchive, { terminal, json }: CommandContext): Promise<void> => {
  const description = await describeTable(store, table.snapshot, Date.now())
  if (json()) return terminal.print(JSON.stringify(description))
  linesOfTable(description).forEach((line) => terminal.print(line))
}

const compact = async (
  { store, table }: OpenArchive,
  { dryRun = false, quiet }: Dry & { quiet?: number },
  context: CommandContext,
): Promise<void> => {
  const { terminal, json, signal } = context
  const { compactor, archive } = context.config()
  const settings = { ...compactor, quietMs: quiet ?? compactor.quietMs }
  if (dryRun) {
    const planned = planCompaction(table.snapshot, compactionRules(settings), { nowMs: Date.now() })
    const lines = planned.map(({ date, cell, take }) => ({
      date,
      cell,
      files: take.length,
      bytes: take.reduce((sum, { bytes }) => sum + bytes, 0),
    }))
    if (json()) return lines.forEach((line) => terminal.print(JSON.stringify(line)))
    lines.forEach(({ date, cell, files, bytes }) => terminal.print(`${date} ${cell}  ${filesAndBytes(files, bytes)}`))
    return terminal.say(`${plural(lines.length, 'cell')} of a date would be compacted first`)
  }
  const codec = await openCodec(archive.format)
  const report = await compactTable(settings, { table, store, codec, signal })
  if (!report.isDone || report.skipped.length > 0) context.exitWith(INCOMPLETE)
  if (json()) return terminal.print(JSON.stringify(report))
  for (const { reason } of report.skipped) terminal.say(reason)
  const { filesBefore, filesAfter, bytesBefore, bytesAfter, doubles } = report
  terminal.print(
    `${filesAndBytes(filesBefore, bytesBefore)} became ${filesAndBytes(filesAfter, bytesAfter)}; ` +
      `${plural(doubles, 'double')} left out${report.isDone ? '' : '; not all is done: run it again'}`,
  )
}

/** Something is left that could not be done. */
const INCOMPLETE = 3

const retain = async (
  { table }: OpenArchive,
  { dryRun = false, retention }: Dry & { retention?: number },
  { config, terminal, json }: CommandContext,
): Promise<void> => {
  const options = { retentionMs: retention ?? config().archive.retentionMs, nowMs: Date.now() }
  const dates = dryRun
    ? planRetention(table.snapshot, options.retentionMs, options.nowMs)
    : await dropOldDates(table, options)
  for (const { date, totals } of dates) {
    terminal.print(
      json() ? JSON.stringify({ date, ...totals }) : `${date}  ${filesAndBytes(totals.files, totals.bytes)}`,
    )
  }
  terminal.say(
    sentenceOf(dryRun, `${plural(dates.length, 'date')} dropped`, `${plural(dates.length, 'date')} would go`),
  )
}

const vacuum = async (
  { store, table }: OpenArchive,
  { dryRun = false, grace }: Dry & { grace?: number },
  context: CommandContext,
): Promise<void> => {
  const { terminal, json, signal } = context
  const { compactor, archive } = context.config()
  const common = {
    isDryRun: dryRun,
    nowMs: Date.now(),
    signal,
    onFile: ({ path, size }: { path: string; size: number }) => {
      if (dryRun) terminal.print(json() ? JSON.stringify({ path, bytes: size }) : path)
    },
  }
  const report = await vacuumTable(table, store, { ...common, graceMs: grace ?? compactor.graceMs })
  const logFiles = await cleanLog(store, { ...common, retentionMs: archive.logRetentionMs })
  if (json() && !dryRun) return terminal.print(JSON.stringify({ ...report, logFiles }))
  const what = `${filesAndBytes(report.files, report.bytes)}, and ${plural(logFiles, 'file')} of the log`
  const held =
    grace !== undefined && grace < report.graceMs ? `; the grace is ${humanDuration(report.graceMs)} at least` : ''
  terminal.say(`${sentenceOf(dryRun, `deleted ${what}`, `would delete ${what}`)}${held}`)
}
