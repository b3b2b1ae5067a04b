import { FleetError } from '@fleetlake/core'
import { COORDINATE_FORMS, FORMAT_NAMES, type ImportSettings, parseMapping, SPEED_UNITS } from '@fleetlake/intake'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type ImportFlags, runImport } from '../import/run-import.ts'
import { type CommandContext, examples, reads } from './context.ts'

const parseDelimiter = (text: string): string => {
  const delimiter = text === String.raw`\t` || text === 'tab' ? '\t' : text
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw new FleetError('usage.invalid', `"${text}" is not one character such as , ; | or tab`)
  }
  return delimiter
}

const parseLines = (text: string): number => {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('give a number of lines')
  return Number(text)
}

/** As commander has them. */
interface Options extends ImportFlags, Omit<ImportSettings, 'hasHeader'> {
  readonly header: boolean
}

export const addImport = (program: Command, context: CommandContext): void => {
  program
    .command('import')
    .description('import positions from files of many formats')
    .argument('<files...>', 'files, folders or globs; - reads standard input')
    .addOption(new Option('--from <format>', 'format (default: found out by content)').choices(FORMAT_NAMES))
    .option(
      '--columns <mapping>',
      'fields of the input that columns and measures are read from: vehicle_id=name_id,event_time=Date+Time,temperature=temp_c,…; common names are recognised',
      reads(parseMapping),
    )
    .option('--timezone <zone>', 'time zone of times without an offset, such as Asia/Shanghai or UTC')
    .option(
      '--time-format <format>',
      'format of the times: auto, iso, epoch-s, epoch-ms, epoch-us, epoch-ns, days, gps, digits, or a pattern such as "DD/MM/YYYY HH:mm:ss"',
    )
    .addOption(
      new Option('--speed-unit <unit>', 'unit of speeds that say none (default: told by the input, else m/s)').choices(
        Object.keys(SPEED_UNITS),
      ),
    )
    .addOption(
      new Option('--coordinates <form>', 'form of the coordinates (default: told by the input)').choices(
        COORDINATE_FORMS,
      ),
    )
    .addOption(new Option('--decimal <mark>', 'mark before decimals (default: told by the input)').choices(['.', ',']))
    .option('--vehicle-type <type>', 'vehicle type of rows without one (default: unknown)')
    .option('--vehicle-id <id>', 'id of all rows, if the input is of one vehicle')
    .option(
      '--vehicle-id-from <pattern>',
      "id from the files' names: {name}, {folder}, or a pattern such as Data/{vehicle}/Trajectory/*.plt",
    )
    .option(
      '--delimiter <character>',
      'delimiter of CSV (default: detected from the first lines)',
      reads(parseDelimiter),
    )
    .option('--no-header', 'the first line is a row; the fields are named 1, 2, …')
    .option('--skip-lines <count>', 'lines before the header', parseLines)
    .option('--path <members>', 'where the rows of a JSON document are, such as data.positions')
    .option('--table <name>', 'table of a database, or sheet of a workbook')
    .option('--rejects <file>', 'file for the rejected rows, as NDJSON: file, place, reason, detail, text')
    .option(
      '--corrections',
      'the files correct earlier reports of their source: every row gets the measure revision, the time at which it was received',
    )
    .option('--restart', 'begin at the first row, though an earlier import of these files has come farther')
    .option('--dry-run', 'only check and count rows; needs no hub')
    .option('--no-wait', 'do not wait until the archive holds all rows')
    .addHelpText(
      'after',
      examples(
        [
          'import taxi.csv --columns vehicle_id=name_id,event_time=timestamp --timezone Asia/Shanghai --vehicle-type taxi',
          'a taxi trace with local times',
        ],
        [
          'import vans.csv --columns temperature=temp_c,driver_id=driver',
          'with measures: add their columns to the table first (fleet table columns add)',
        ],
        ['import positions.ndjson --dry-run --rejects bad.ndjson', 'check a file without a hub'],
        ['import Data --vehicle-id-from "{parent}"', 'a folder of GeoLife, whose folders are the vehicles'],
        [
          'import t-drive.txt --no-header --columns vehicle_id=1,event_time=2,longitude=3,latitude=4 --timezone Asia/Shanghai',
          'no header',
        ],
        ['import - < buses.csv', 'from a pipe'],
        ['import corrected.csv --corrections', 'a later word of its source: fleet table columns add revision first'],
      ) +
        '\nThe fields that are read, what was assumed, and the first three rows as they are read are shown first. Rejected rows are shown with\n' +
        'their place and reason; all other rows are imported. Where the input has no field for speed or heading, they are computed from\n' +
        'the previous position of the vehicle, if that is at most 5 minutes older; its rows must be in order of time then.\n' +
        'An import that was stopped or has failed goes on where it ended when it is made again, with the same files and options. Rows\n' +
        'that are stored twice all the same are duplicates, of which compaction keeps one.\n',
    )
    .action(async (files: string[], options: Options) => {
      const { rejects, dryRun, wait, restart, header, ...settings } = options
      const flags: ImportFlags = {
        wait,
        ...(rejects === undefined ? {} : { rejects }),
        ...(dryRun === undefined ? {} : { dryRun }),
        ...(restart === undefined ? {} : { restart }),
      }
      await runImport(files, { settings: { ...settings, ...(header ? {} : { hasHeader: false }) }, flags }, context)
    })
}
