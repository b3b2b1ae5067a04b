import { execFile } from 'node:child_process'
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FleetError, reasonOf } from '@fleetlake/core'

const run = promisify(execFile)
const folder = fileURLToPath(new URL('../../.fleetlake/bin', import.meta.url))
const BUILD_MS = 900_000

/** @returns the path of a program that Go builds from its source, once */
export const provideProgram = async (name: string, source: string): Promise<string> => {
  const program = join(folder, name)
  const isThere = await access(program).then(
    () => true,
    () => false,
  )
  if (isThere) return program
  await mkdir(folder, { recursive: true })
  await go(['install', source], { GOBIN: folder })
  return program
}

/** @returns the folder with the source of a module */
export const provideSource = async (module: string): Promise<string> =>
  (JSON.parse(await go(['mod', 'download', '-json', module])) as { Dir: string }).Dir

const go = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> => {
  try {
    const { stdout } = await run('go', args, { env: { ...process.env, ...env }, timeout: BUILD_MS })
    return stdout
  } catch (cause) {
    throw new FleetError('usage.invalid', `Go, or what it was to fetch, could not be had: ${reasonOf(cause)}`, {
      cause,
    })
  }
}
