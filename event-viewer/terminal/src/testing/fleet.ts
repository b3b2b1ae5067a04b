import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
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

/** What commands remember between two runs, of all commands that a test file starts. */
export const stateFolder: Promise<string> = temporaryFolder()

/** Variables without those that configure Fleetlake. */
const cleanEnvironment = (state: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('FLEET_') && name !== 'FORCE_COLOR'),
  ),
  XDG_STATE_HOME: state,
})

/** The `fleet` command as a process of its own, in an empty folder. */
export const startFleet = async (args: readonly string[], input = ''): Promise<FleetProcess> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts'), ...args], {
    cwd: await temporaryFolder(),
    env: cleanEnvironment(await stateFolder),
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

/**
 * The command with its answer into a pipe whose reader has gone before the command begins, as `head` does sooner or later.
 * @returns its exit code, and its standard error
 */
export const runIntoClosedPipe = async (args: readonly string[], input = ''): Promise<Omit<FleetRun, 'out'>> => {
  const folder = await temporaryFolder()
  // The reader closes the pipe first and lets the command begin then.
  const script = `mkfifo begin
{ read -r < begin; "$@"; echo $? > code; } | { exec 0<&-; echo go > begin; }
cat code >&3`
  const main = join(import.meta.dirname, '..', 'main.ts')
  const child = spawn('bash', ['-c', script, 'bash', process.execPath, main, ...args], {
    cwd: folder,
    env: cleanEnvironment(await stateFolder),
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  })
  child.stdin!.on('error', () => undefined)
  child.stdin!.end(input)
  const [err, code] = await Promise.all([text(child.stderr!), text(child.stdio[3] as Readable)])
  return { code: Number(code), err }
}
