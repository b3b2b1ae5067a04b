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
    .description('bring real positions, CSV or NDJSON, into the fleet’s history')
    .argument('<file>', 'CSV with a header, or one JSON object a line; - reads standard input')
    .option(
      '--columns <mapping>',
      'where columns and measures come from: vehicle_id=name_id,event_time=time,temperature=temp_c,…; usual names of columns are found',
      reads(parseMapping),
    )
    .option('--timezone <zone>', 'of times without an offset, such as Asia/Shanghai or UTC')
    .option(
      '--time-format <format>',
      'auto, iso, epoch-s, epoch-ms, or a pattern such as "DD/MM/YYYY HH:mm:ss"',
      'auto',
    )
    .addOption(
      new Option('--speed-unit <unit>', 'of the column speed')
        .choices(Object.keys(SPEED_UNITS))
        .default('m/s' satisfies SpeedUnit),
    )
    .option('--vehicle-type <type>', 'of rows that do not say (default: unknown)')
    .option('--vehicle-id <id>', 'when all rows are of one vehicle')
    .addOption(new Option('--format <format>', 'found in the first line when missing').choices(['csv', 'ndjson']))
    .option('--delimiter <character>', 'of CSV, found when missing', reads(parseDelimiter))
    .option('--no-header', 'the first line is a row; columns are then called 1, 2, …')
    .option('--rejects <file>', 'keeps every rejected row as NDJSON: line, reason, detail, text')
    .option(
      '--corrections',
      'the file corrects what its source said before: every row has the measure revision, when it was received',
    )
    .option('--dry-run', 'only checks and counts; needs no hub')
    .option('--no-wait', 'does not wait until the archive holds it all')
    .addHelpText(
      'after',
      examples(
        [
          'import taxi.csv --columns vehicle_id=name_id,event_time=timestamp --timezone Asia/Shanghai --vehicle-type taxi',
          'a taxi trace with local times',
        ],
        [
          'import vans.csv --columns temperature=temp_c,driver_id=driver',
          'with what the file says beside: add the columns to the table first (fleet table columns add)',
        ],
        ['import positions.ndjson --dry-run --rejects bad.ndjson', 'check a file without a hub'],
        [
          'import t-drive.txt --no-header --columns vehicle_id=1,event_time=2,longitude=3,latitude=4 --timezone Asia/Shanghai',
          'no header',
        ],
        ['import - < buses.csv', 'from a pipe'],
        ['import corrected.csv --corrections', 'a later word of its source: fleet table columns add revision first'],
      ) +
        '\nA row is a line. Bad rows are told with their line and reason, good rows are kept. A missing speed or heading is derived\n' +
        'from the previous position of the vehicle, at most 5 minutes before; rows of a vehicle are taken to be in the order of time.\n' +
        'Importing the same file the same way again within the duplicate window of the hub’s streams (2 minutes unless configured)\n' +
        'stores nothing twice, also after Ctrl-C, which leaves out what fills no batch yet. Rows that were in the\n' +
        'future and no longer are change the messages: those from there on are then stored again. So are all later on, and those\n' +
        'of standard input.\n',
    )
    .action(async (file: string, options: ImportOptions) => runImport(file, options, context))
}
