import { FleetError } from '@fleetlake/core'
import { type Command, Option } from 'commander'
import { parseMapping } from '../import/columns.ts'
import { SPEED_UNITS, type SpeedUnit } from '../import/read-position.ts'
import { type ImportOptions, runImport } from '../import/run-import.ts'
import { type CommandContext, examples, reads } from './context.ts'

const parseDelimiter = (text: string): string => {
  const delimiter = text === String.raw`\t` || text === 'tab' ? '\t' : text
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw new FleetError('usage.invalid', `"${text}" is not one character such as , ; | or tab`)
  }
  return delimiter
}

export const addImport = (program: Command, context: CommandContext): void => {
  program
    .command('import')
    .description('import real positions from CSV or NDJSON')
    .argument('<file>', 'CSV with a header, or one JSON object a line; - reads standard input')
    .option(
      '--columns <mapping>',
      'which columns of the input the columns and measures are read from: vehicle_id=name_id,event_time=time,temperature=temp_c,…; common names of columns are recognised',
      reads(parseMapping),
    )
    .option('--timezone <zone>', 'time zone of times without an offset, such as Asia/Shanghai or UTC')
    .option(
      '--time-format <format>',
      'format of the times: auto, iso, epoch-s, epoch-ms, or a pattern such as "DD/MM/YYYY HH:mm:ss"',
      'auto',
    )
    .addOption(
      new Option('--speed-unit <unit>', 'unit of the column speed')
        .choices(Object.keys(SPEED_UNITS))
        .default('m/s' satisfies SpeedUnit),
    )
    .option('--vehicle-type <type>', 'vehicle type of rows without one (default: unknown)')
    .option('--vehicle-id <id>', 'id of all rows, if the input is of one vehicle')
    .addOption(
      new Option('--format <format>', 'format of the input (default: detected from the first line)').choices([
        'csv',
        'ndjson',
      ]),
    )
    .option(
      '--delimiter <character>',
      'delimiter of CSV (default: detected from the first line)',
      reads(parseDelimiter),
    )
    .option('--no-header', 'the first line is a row; the columns are named 1, 2, …')
    .option('--rejects <file>', 'file for the rejected rows, as NDJSON: line, reason, detail, text')
    .option(
      '--corrections',
      'the file corrects earlier reports of its source: every row gets the measure revision, the time at which it was received',
    )
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
        [
          'import t-drive.txt --no-header --columns vehicle_id=1,event_time=2,longitude=3,latitude=4 --timezone Asia/Shanghai',
          'no header',
        ],
        ['import - < buses.csv', 'from a pipe'],
        ['import corrected.csv --corrections', 'a later word of its source: fleet table columns add revision first'],
      ) +
        '\nA row is a line. Rejected rows are shown with their line and reason; all other rows are imported. A missing speed or heading\n' +
        'is computed from the previous position of the vehicle, if that is at most 5 minutes older. The rows of a vehicle must be in\n' +
        'order of time.\n' +
        'A file that is imported again with the same options within the duplicate window of the hub (2 minutes by default) is stored\n' +
        'once. This also holds after Ctrl-C, which leaves incomplete batches out. If a row was rejected because it was in the future\n' +
        'and is accepted now, that row and all rows after it are stored again. After the duplicate window, and from standard input,\n' +
        'all rows are stored again.\n',
    )
    .action(async (file: string, options: ImportOptions) => runImport(file, options, context))
}
