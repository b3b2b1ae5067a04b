import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { temporaryFolder } from '@fleetlake/testing'

export interface FleetRun {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface FleetProcess {
  readonly child: ChildProcess
  readonly ended: Promise<FleetRun>
}

/** Variables without those that configure Fleetlake. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('FLEET_') && name !== 'FORCE_COLOR'),
  )

/** The `fleet` command as a process of its own, in an empty folder. */
export const startFleet = async (args: readonly string[], input = ''): Promise<FleetProcess> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts'), ...args], {
    cwd: await temporaryFolder(),
    env: cleanEnvironment(),
    stdio: 'pipe',
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const ended = Promise.all([
    new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code))),
    text(child.stdout),
    text(child.stderr),
  ])
  return { child, ended: ended.then(([code, out, err]) => ({ code, out, err })) }
}

export const runFleetProcess = async (args: readonly string[], input?: string): Promise<FleetRun> =>
  (await startFleet(args, input)).ended
