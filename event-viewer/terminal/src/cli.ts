import { configSchema, DEFAULT_CONFIG } from '@fleetlake/contracts'
import { FleetError, printable, reasonOf } from '@fleetlake/core'
import { describeVersion, loadConfig, version } from '@fleetlake/service'
import { Command, CommanderError } from 'commander'
import type { CommandContext } from './commands/context.ts'
import { loadCommands } from './commands/load-commands.ts'
import { INTERRUPTED, interruption } from './terminal/interrupt.ts'
import { unwritable } from './query/output.ts'
import { watchStdout } from './terminal/stdout.ts'
import { processTerminal } from './terminal/terminal.ts'

const USAGE = 2

interface Globals {
  hub?: string
  config?: string
  json?: boolean
}

/**
 * Runs one command.
 * @param args without the program's name
 * @returns the exit code: 0 all is well, 1 a fault, 2 wrong usage, others by the command
 */
export const runFleet = async (args: readonly string[]): Promise<number> => {
  const terminal = processTerminal()
  const stdout = watchStdout()
  const signal = interruption()
  let exitCode = 0
  let isEndingAtOnce = false
  const program = new Command('fleet')
  const globals = (): Globals => program.opts<Globals>()
  const context: CommandContext = {
    terminal,
    stdout,
    signal,
    json: () => globals().json === true,
    exitWith: (code) => {
      exitCode = code
    },
    endAtOnce: () => {
      isEndingAtOnce = true
    },
    config: () => loadConfig(configSchema, { args: configArgs(globals()) }),
  }
  configure(program, args)
  try {
    const [name] = program.parseOptions([...args]).operands
    for (const add of await loadCommands(name)) add(program, context)
    await program.parseAsync([...args], { from: 'user' })
    await written()
    if (stdout.fault() !== undefined) throw unwritable(stdout.fault())
    if (isEndingAtOnce) process.exit(exitCode)
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
    if (signal.aborted && error instanceof FleetError && error.code === 'hub.closed') return INTERRUPTED
    terminal.say(`error: ${error instanceof FleetError ? reasonOf(error) : unexpected(error)}`, 'red')
    if (error instanceof FleetError && error.code === 'backup.interrupted') return INTERRUPTED
    return error instanceof FleetError && error.code === 'usage.invalid' ? USAGE : 1
  }
}

/** What was printed is on its way until then. */
const written = (): Promise<void> => new Promise((resolve) => process.stdout.write('', () => resolve()))

const configure = (program: Command, args: readonly string[]): void => {
  program
    .description('The terminal client of Fleetlake: where every vehicle was.')
    // The commit is asked for only then: git is a process of its own.
    .version(args.includes('--version') ? describeVersion() : version, '--version', 'print version and commit')
    .option('--hub <url>', `address of the hub (default: hub.url of fleet.yaml, else ${DEFAULT_CONFIG.hub.url})`)
    .option(
      '--config <file>',
      'file with settings (default: fleet.yaml if there is one); FLEET_* variables win over it',
    )
    .option('--json', 'print JSON on standard output; everything else goes to standard error')
    .showHelpAfterError(false)
    .configureOutput({ outputError: (text, write) => write(`${printable(oneLine(text))}; see fleet --help\n`) })
    .exitOverride()
    .addHelpText('after', '\nfleet <command> --help shows the options of a command and examples.\n')
}

const oneLine = (text: string): string =>
  text
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')

const configArgs = ({ hub, config }: Globals): string[] => [
  ...(config === undefined ? [] : [`--config=${config}`]),
  ...(hub === undefined ? [] : [`--hub.url=${hub}`]),
]

/** A fault of the program: its trace helps to mend it. */
const unexpected = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
