import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { FleetError } from '@fleetlake/core'

/** Of a password on standard input. */
const MOST_BYTES = 4_096

export interface PasswordSource {
  readonly question: string
  readonly isFromStdin: boolean
  readonly signal: AbortSignal
}

/**
 * A new password: from the terminal, which does not show it and asks for it twice, or the first line of standard input. Never from a flag, which every user of the machine can read.
 * @returns undefined when the user has ended the command
 * @throws FleetError `usage.invalid`
 */
export const readPassword = async ({ question, isFromStdin, signal }: PasswordSource): Promise<string | undefined> => {
  if (isFromStdin) return readLine()
  if (!process.stdin.isTTY) {
    throw new FleetError(
      'usage.invalid',
      'there is no terminal to ask for the password: write it to standard input, with --password-stdin',
    )
  }
  return askTwice(question, signal)
}

const readLine = async (): Promise<string> => {
  if (process.stdin.isTTY) {
    throw new FleetError(
      'usage.invalid',
      'standard input is a terminal, which would show the password: leave --password-stdin out, and it is asked for',
    )
  }
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    parts.push(part)
    bytes += part.length
    if (bytes > MOST_BYTES || part.includes('\n')) break
  }
  const [line] = Buffer.concat(parts).toString().split(/\r?\n/)
  if (Buffer.byteLength(line) > MOST_BYTES)
    throw new FleetError('usage.invalid', `the first line of standard input has more than ${MOST_BYTES} bytes`)
  return line
}

/** @returns undefined at the end of the input, and after Ctrl-C */
const ask = (lines: Interface, question: string, signal: AbortSignal): Promise<string | undefined> =>
  new Promise((resolve) => {
    process.stderr.write(question)
    const end = (answer: string | undefined): void => {
      signal.removeEventListener('abort', onEnd)
      lines.off('close', onEnd)
      lines.off('SIGINT', onEnd)
      lines.off('line', end)
      // The line's end is not shown either.
      process.stderr.write('\n')
      resolve(answer)
    }
    const onEnd = (): void => end(undefined)
    signal.addEventListener('abort', onEnd)
    lines.once('close', onEnd)
    lines.once('SIGINT', onEnd)
    lines.once('line', end)
  })

const askTwice = async (question: string, signal: AbortSignal): Promise<string | undefined> => {
  const nowhere = new Writable({ write: (_, __, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 })
  try {
    const first = await ask(lines, `${question}: `, signal)
    if (first === undefined) return undefined
    const second = await ask(lines, 'again: ', signal)
    if (second === undefined) return undefined
    if (first !== second) throw new FleetError('usage.invalid', 'these are two different passwords: try again')
    return first
  } finally {
    lines.close()
  }
}
