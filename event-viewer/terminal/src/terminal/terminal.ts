import { styleText } from 'node:util'

/** What a command needs of the terminal it runs in. Answers go to `out`; everything said about them goes to `say`. */
export interface Terminal {
  /** A line for people, on standard error. */
  say(line: string): void
  /** A line of the answer, on standard output. */
  print(line: string): void
  /** Whether people watch standard error: then there are progress bars. */
  readonly isWatched: boolean
}

type Style = Parameters<typeof styleText>[0]

/** Colour where standard error is a terminal that has it. */
export const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stderr })

export const processTerminal = (): Terminal => ({
  say: (line) => void process.stderr.write(`${line}\n`),
  print: (line) => void process.stdout.write(`${line}\n`),
  isWatched: process.stderr.isTTY === true,
})
