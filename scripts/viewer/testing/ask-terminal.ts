import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestViewer } from './viewer.ts'

const FLEET = join(import.meta.dirname, '../../../event-viewer/terminal/src/main.ts')

/** What the terminal client finds in an area, by its own way of asking: the lines of its CSV without the head. */
export const askTerminal = async (
  { stack }: TestViewer,
  area: unknown,
  period: { readonly from: string; readonly to: string },
): Promise<string[]> => {
  const args = [
    'query',
    '--area',
    '-',
    '--from',
    period.from,
    '--to',
    period.to,
    '--format',
    'csv',
    '--hub',
    stack.hubUrl,
  ]
  const child = spawn(process.execPath, [FLEET, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(area))
  const [csv, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (code !== 0) throw new Error(`fleet query ended with ${code}`)
  return csv.trimEnd().split(/\r?\n/).slice(1)
}
