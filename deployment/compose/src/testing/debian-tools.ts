import { execFile } from 'node:child_process'
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FleetError, reasonOf } from '@fleetlake/core'

const run = promisify(execFile)

const ownFolder = fileURLToPath(new URL('../../.fleetlake', import.meta.url))
const isProgram = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

const find = async (name: string, more: readonly string[] = []): Promise<string | undefined> => {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...more]) {
    const path = join(folder, name)
    if (await isProgram(path)) return path
  }
  return undefined
}

/** With the lists that the machine has, and with fresh ones where these are too old. */
const apt = async (args: readonly string[], cwd?: string): Promise<void> => {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, ...(cwd === undefined ? {} : { cwd }) }
  await run('apt-get', [...args], options).catch(async () => {
    await run('apt-get', ['update', '-qq'], options)
    await run('apt-get', [...args], options)
  })
}

const missing = (name: string, cause: unknown): FleetError =>
  new FleetError('service.failed', `${name} is needed by this test and can't be had: ${reasonOf(cause)}`, { cause })

/**
 * docker-compose, which needs no Docker to read a file; installed with apt where this process may.
 * @throws FleetError `service.failed`
 */
export const provideDockerCompose = async (): Promise<string> => {
  const found = await find('docker-compose')
  if (found !== undefined) return found
  try {
    await apt(['install', '-qq', '-y', '--no-install-recommends', 'docker-compose'])
  } catch (cause) {
    throw missing('docker-compose (apt-get install docker-compose)', cause)
  }
  return (await find('docker-compose')) ?? '/usr/bin/docker-compose'
}

/**
 * Caddy; of Debian's package, unpacked here and not installed, since that would start a service.
 * @throws FleetError `service.failed`
 */
export const provideCaddy = async (): Promise<string> => {
  const target = join(ownFolder, 'bin')
  const found = await find('caddy', [target])
  if (found !== undefined) return found
  await mkdir(target, { recursive: true })
  const folder = await mkdtemp(join(ownFolder, 'caddy-'))
  try {
    await apt(['download', '-qq', 'caddy'], folder)
    const archive = (await readdir(folder)).find((name) => name.endsWith('.deb')) ?? 'caddy.deb'
    await run('dpkg', ['-x', archive, 'package'], { cwd: folder })
    await rename(join(folder, 'package/usr/bin/caddy'), join(target, 'caddy'))
  } catch (cause) {
    throw missing('caddy (apt-get install caddy)', cause)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return join(target, 'caddy')
}
