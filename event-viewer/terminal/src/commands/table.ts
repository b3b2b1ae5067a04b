import {
  applyRepair,
  cleanLog,
  compactionRules,
  compactTable,
  describeTable,
  dropOldDates,
  LOSSES_APP,
  type LossTable,
  type ObjectStore,
  openLatestStore,
  openLossStore,
  openLossTable,
  openPresenceStore,
  openTable,
  openTableStore,
  planCompaction,
  planRepair,
  planRetention,
  type Table,
  unsettled,
  vacuumTable,
} from '@fleetlake/archive'
import { MEASURE_TYPES, type MeasureSpec, WELL_KNOWN_MEASURES } from '@fleetlake/columnar'
import { openCodec } from '@fleetlake/columnar/formats'
import type { Config } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import {
  describeProjection,
  LATEST,
  openProjectionTable,
  PRESENCE,
  type ProjectionDescription,
} from '@fleetlake/projections'
import { humanDuration, plural } from '@fleetlake/viewer-core'
import type { Command } from 'commander'
import { parseDuration } from '../options.ts'
import {
  type AskedColumn,
  checkAdded,
  columnOf,
  columnsOfTable,
  linesOfColumns,
  parseMeasureType,
  sentenceOfAdded,
} from '../table/columns.ts'
import { linesOfLosses, lossFacts } from '../table/losses-text.ts'
import {
  filesAndBytes,
  linesOfProjections,
  linesOfRepair,
  linesOfTable,
  planForMachines,
  sentenceOf,
} from '../table/table-text.ts'
import { terminalUser } from '../terminal/terminal-user.ts'
import { type CommandContext, examples, reads } from './context.ts'

interface OpenArchive {
  readonly store: ObjectStore
  readonly table: Table
  /** Undefined while no collector has made it. */
  readonly losses: LossTable | undefined
}

interface Dry {
  readonly dryRun?: boolean
}

export const addTable = (program: Command, context: CommandContext): void => {
  const command = program
    .command('table')
    .description('show the state of the archive’s table; run compaction, retention or vacuum by hand; repair the log')
    .addHelpText(
      'after',
      examples(
        ['table', 'version, files, bytes, dates, and the offset of each stream'],
        ['table compact --dry-run', 'show what would be merged'],
        ['table compact --quiet "1 min"', 'merge the windows and dates that ended at least a minute ago'],
        ['table retain --retention "1 y" --dry-run', 'show the dates that would be deleted'],
        ['table losses', 'list the messages that were lost before they were archived'],
        [
          'table losses --settle 0f3a… --note "imported again"',
          'accept a loss: searches without its messages are complete again',
        ],
        ['table columns', 'list the columns'],
        ['table columns add temperature', 'add a well-known measure; its unit, °C, is known'],
        ['table vacuum', 'delete unreferenced files'],
        ['table repair', 'check the log, and show what a repair would do'],
      ) +
        '\nThe command works on `archive.path` directly. It may run beside services; only repair --apply needs them to be stopped.\n',
    )

  command
    .command('show', { isDefault: true })
    .description('show version, files, bytes, dates, offsets and warnings')
    .action(async () => withTable(context, (archive) => show(archive, context)))
  dry(command.command('compact').description('merge small files and drop duplicates'))
    .option(
      '--quiet <duration>',
      'how long ago a window or date must have ended to be merged (default: compactor.quietMs)',
      reads(parseDuration),
    )
    .action(async (options: Dry & { quiet?: number }) =>
      withTable(context, (archive) => compact(archive, options, context)),
    )
  dry(command.command('retain').description('delete the dates past retention'))
    .option('--retention <duration>', 'how long dates are kept (default: archive.retentionMs)', reads(parseDuration))
    .action(async (options: Dry & { retention?: number }) =>
      withTable(context, (archive) => retain(archive, options, context)),
    )
  dry(command.command('vacuum').description('delete unreferenced files and old parts of the log'))
    .option(
      '--grace <duration>',
      'how long unreferenced files are kept (default: compactor.graceMs; never less than 2 h)',
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
  command
    .command('losses')
    .description(
      'list messages that the hub acknowledged and lost before they were archived; searches that may miss them are partial',
    )
    .option('--all', 'include settled losses')
    .option('--settle <id...>', 'mark losses as settled, by their ids or the beginnings of their ids; `all` for all')
    .option('--note <text>', 'what was done about them; required with --settle')
    .action(async (options: LossOptions) => withTable(context, (archive) => losses(archive, options, context)))
  addColumns(command, context)
}

const addColumns = (command: Command, context: CommandContext): void => {
  const columns = command
    .command('columns')
    .description('list the columns of the table, or add one; existing files stay as they are and read as null')
    .action(async () => withTable(context, (archive) => showColumns(archive, context)))
  columns
    .command('add <name>')
    .description('add a column for a measure')
    .addHelpText(
      'after',
      `${examples(
        ['table columns add temperature', 'a well-known measure: its type and unit are known'],
        ['table columns add doors --type int --description "doors that are open"', 'any other measure needs a type'],
        ['table columns add pressure --type double --unit bar', 'with a unit, if it has one'],
      )}\nWell-known measures are ${WELL_KNOWN_MEASURES.map(({ name }) => name).join(', ')}.\n`,
    )
    .option('--type <type>', `one of ${MEASURE_TYPES.join(', ')}`, reads(parseMeasureType))
    .option('--unit <unit>', 'unit of its numbers, such as "°C"')
    .option('--description <text>', 'what the measure means')
    .action(async (name: string, asked: AskedColumn) =>
      withTable(context, (archive) => addColumn(archive, columnOf(name, asked), context)),
    )
}

const showColumns = async ({ table }: OpenArchive, { terminal, json }: CommandContext): Promise<void> => {
  const { otherColumns } = table.snapshot
  const columns = columnsOfTable(table.snapshot)
  if (json()) return terminal.print(JSON.stringify({ columns, otherColumns }))
  linesOfColumns(columns).forEach((line) => terminal.print(line))
  if (otherColumns.length === 0) return
  terminal.say(
    `${plural(otherColumns.length, 'column')} of other programs, which Fleetlake does not read: ${otherColumns.join(', ')}. ` +
      'Files that have one are not compacted',
  )
}

const addColumn = async (
  { table }: OpenArchive,
  column: MeasureSpec,
  { terminal, json }: CommandContext,
): Promise<void> => {
  const isNew = table.snapshot.measures.every(({ name }) => name !== column.name)
  const info = { operationParameters: { columns: JSON.stringify([column]) } }
  checkAdded(await table.commit({ parts: [], columns: [column], operation: 'ADD COLUMNS', info }))
  const held = table.snapshot.measures.find(({ name }) => name === column.name) ?? column
  if (json()) return terminal.print(JSON.stringify({ ...held, isNew }))
  terminal.say(sentenceOfAdded(held, isNew))
}

interface LossOptions {
  readonly all?: boolean
  readonly settle?: readonly string[]
  readonly note?: string
}

const dry = (command: Command): Command => command.option('--dry-run', 'only show what would be done')

const withTable = async (context: CommandContext, use: (archive: OpenArchive) => Promise<void>): Promise<void> => {
  const { archive } = context.config()
  const store = await openTableStore(archive)
  const table = await openTable(store, { engine: 'Fleetlake terminal', retireMs: archive.logRetentionMs })
  try {
    await use({
      store,
      table,
      losses: await openLossTable(await openLossStore(archive), { engine: 'Fleetlake terminal' }),
    })
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

/** Of those that a projector has made. */
const describeProjections = async (archive: Config['archive']): Promise<ProjectionDescription[]> => {
  const tables = [
    await openProjectionTable(await openPresenceStore(archive), PRESENCE),
    await openProjectionTable(await openLatestStore(archive), LATEST),
  ]
  return tables.flatMap((table) => (table === undefined ? [] : [describeProjection(table)]))
}

const show = async (
  { store, table, losses }: OpenArchive,
  { terminal, json, config }: CommandContext,
): Promise<void> => {
  const told = { nowMs: Date.now(), losses: losses?.losses ?? [] }
  const description = await describeTable(store, table.snapshot, told)
  const projections = await describeProjections(config().archive)
  if (json()) return terminal.print(JSON.stringify({ ...description, projections }))
  linesOfTable(description).forEach((line) => terminal.print(line))
  linesOfProjections(projections).forEach((line) => terminal.print(line))
}

const MOST_NOTE = 1_000

const losses = async (
  { table, losses: known }: OpenArchive,
  { all = false, settle, note }: LossOptions,
  { terminal, json }: CommandContext,
): Promise<void> => {
  if (settle !== undefined) await settleLosses(known, table, { settle, note: note ?? '' })
  const told = known?.losses ?? []
  const shown = all ? told : unsettled(told)
  if (json()) return shown.forEach((loss) => terminal.print(JSON.stringify(lossFacts(loss))))
  linesOfLosses(shown).forEach((line) => terminal.print(line))
  const open = unsettled(told).length
  const settled = told.length - open
  terminal.say(
    `${plural(open, 'loss', 'losses')} not settled${settled === 0 ? '' : `, ${plural(settled, 'loss', 'losses')} settled`}`,
  )
}

/** Invariant: the settlement is in the table of losses before the commit that has finders look there. */
const settleLosses = async (
  known: LossTable | undefined,
  table: Table,
  { settle, note }: { settle: readonly string[]; note: string },
): Promise<void> => {
  if (note.trim() === '' || note.length > MOST_NOTE) {
    throw new FleetError(
      'usage.invalid',
      `--settle needs --note <text> that says what was done about the loss, in at most ${MOST_NOTE} characters`,
    )
  }
  const open = unsettled(known?.losses ?? [])
  const ids = settle.flatMap((named) => {
    const found = named === 'all' ? open : open.filter(({ id }) => id.startsWith(named))
    if (named !== 'all' && found.length !== 1) {
      const what = found.length === 0 ? 'no loss that is not settled' : `${found.length} losses`
      throw new FleetError('usage.invalid', `${what} has an id that begins with "${named}"; see fleet table losses`)
    }
    return found.map(({ id }) => id)
  })
  if (ids.length === 0) return
  await known!.settle([...new Set(ids)], { at: Date.now(), by: terminalUser(), note })
  await table.commit({ parts: [], counts: [LOSSES_APP], operation: 'SETTLE' })
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
  const { filesBefore, filesAfter, bytesBefore, bytesAfter, duplicates } = report
  terminal.print(
    `${filesAndBytes(filesBefore, bytesBefore)} became ${filesAndBytes(filesAfter, bytesAfter)}; ` +
      `${plural(duplicates, 'duplicate')} left out${report.isDone ? '' : '; not all is done: run it again'}`,
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
