import type { Config } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { InvalidArgumentError } from 'commander'
import type { Stdout } from '../terminal/stdout.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly stdout: Stdout
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** @throws FleetError `config.invalid` */
  config(): Config
  /** Whether machines read the answer. */
  json(): boolean
  /** Sets the exit code of the process; 0 by default. */
  exitWith(code: number): void
  /** The process ends with the command, whatever is still on its way. */
  endAtOnce(): void
}

/** A reader of options as commander wants it: an error about a wrong value names the option. */
export const reads =
  <Value>(parse: (text: string) => Value) =>
  (text: string): Value => {
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof FleetError)) throw error
      throw new InvalidArgumentError(error.message)
    }
  }

/** Examples for `--help`, each a command and what it is for. */
export const examples = (...lines: readonly (readonly [command: string, what: string])[]): string =>
  `\nExamples:\n${lines.map(([command, what]) => `  # ${what}\n  fleet ${command}`).join('\n')}\n`
