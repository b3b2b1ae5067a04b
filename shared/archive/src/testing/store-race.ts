import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { StoreSettings } from '../store/open-store.ts'
import type { StoreUnderTest } from './store-conformance.ts'

type Racer = ChildProcessByStdio<Writable, Readable, null>

const startRacer = async (args: string[]): Promise<Racer> => {
  const script = join(import.meta.dirname, 'store-race-process.ts')
  const racer = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  await new Promise((resolve) => racer.stdout.once('data', resolve))
  return racer
}

const race = async (racer: Racer): Promise<{ created: number; all: number }> => {
  let text = ''
  racer.stdout.on('data', (part: Buffer) => (text += part.toString()))
  racer.stdin.write('go\n')
  await new Promise((resolve) => racer.once('close', resolve))
  return JSON.parse(text) as { created: number; all: number }
}

/** Races processes upon a store that each of them opens for itself. */
export const raceProcessesOn =
  (settings: StoreSettings): StoreUnderTest['raceProcesses'] =>
  async (path, { count, paths }) => {
    const args = [JSON.stringify(settings), path, String(paths)]
    const racers = await Promise.all(Array.from({ length: count }, () => startRacer(args)))
    const results = await Promise.all(racers.map(race))
    const created = results.reduce((sum, result) => sum + result.created, 0)
    return { created, exists: results.reduce((sum, result) => sum + result.all, 0) - created }
  }

/** Settings of a store at a place, as they are when nothing is configured. */
export const settingsAt = (path: string, given: Partial<StoreSettings> = {}): StoreSettings => ({
  path,
  s3: {},
  azure: {},
  requestTimeoutMs: 30_000,
  requestAttempts: 5,
  ...given,
})
