import { printable, printableInLine } from '@fleetlake/core'
import pino from 'pino'

export type Log = pino.Logger

export type LogOptions = {
  name: string
  /** `text` is one line for people, by default on a terminal; `json` is for machines */
  format?: 'json' | 'text'
  /** `info` by default */
  level?: string
  /** standard output by default */
  write?: (line: string) => void
}

/** Writes synchronously, so that the last words before an exit are not lost. */
export const createLog = ({ name, format, level, write }: LogOptions): Log => {
  const chosen = format ?? chooseFormat()
  const settings: pino.LoggerOptions = {
    name,
    level: level ?? 'info',
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
  }
  const output = write ?? toStandardOutput()
  return pino(settings, { write: (line) => output(chosen === 'json' ? printable(line) : formatLogLine(line)) })
}

/** By `FLEET_LOG_FORMAT`, else by where standard output goes. */
export const chooseFormat = (): 'json' | 'text' =>
  (process.env.FLEET_LOG_FORMAT as LogOptions['format']) ?? (process.stdout.isTTY ? 'text' : 'json')

const hidden = new Set(['level', 'time', 'pid', 'name', 'msg', 'err'])
const levels: Record<number, string> = { 40: 'warning: ', 50: 'error: ', 60: 'fatal: ' }

/** What others wrote (ids, reasons, names of files) is shown, and not obeyed by a terminal. @returns `12:34:56 collector: archived rows=5` of a line of pino's JSON, with its newline */
export const formatLogLine = (line: string): string => {
  const entry = JSON.parse(line) as Record<string, unknown>
  const fields = Object.entries(entry)
    .filter(([name]) => !hidden.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const reason = (entry.err as { message?: string } | undefined)?.message
  const time = String(entry.time).slice(11, 19)
  const text = `${levels[Number(entry.level)] ?? ''}${String(entry.msg ?? reason ?? '')}`
  const cause = reason === undefined || entry.msg === reason ? '' : ` (${reason})`
  return `${printable(`${time} ${String(entry.name)}: ${text}${cause}${printableInLine(fields.join(''))}`)}\n`
}

const toStandardOutput = (): ((line: string) => void) => {
  const destination = pino.destination({ dest: 1, sync: true })
  // A terminal that is gone takes no more lines.
  destination.on('error', () => {})
  return (line) => {
    destination.write(line)
  }
}
