import { styleText } from 'node:util'
import { printable } from '@fleetlake/core'

export type Style = Parameters<typeof styleText>[0]

/**
 * What a command needs of the terminal it runs in. Answers go to `out`; everything else goes to `say`. Invariant: nothing reaches it but
 * what it shows; ids, reasons and names of files are written by others.
 */
export interface Terminal {
  /** A line for people, on standard error, in colour where that is a terminal that has it. */
  say(line: string, style?: Style): void
  /** A line of the answer, on standard output. */
  print(line: string): void
  /** Whether people watch standard error: then there are progress bars. */
  readonly isWatched: boolean
}

const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stderr })

export const processTerminal = (): Terminal => ({
  say: (line, style) => {
    const text = printable(line)
    process.stderr.write(`${style === undefined ? text : styled(style, text)}\n`)
  },
  print: (line) => void process.stdout.write(`${printable(line)}\n`),
  isWatched: process.stderr.isTTY === true,
})
