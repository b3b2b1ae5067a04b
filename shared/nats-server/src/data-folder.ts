import { mkdir, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { FleetError } from '@fleetlake/core'
import { commandOf, isAlive } from '@fleetlake/service'

export type DataFolder = {
  configPath: string
  logPath: string
  storeDir: string
  portsDir: string
  ownerPath: string
}

/** Who runs the server of a data folder: the process that started it, and the server. */
type Owner = { ownerPid: number; serverPid: number }

export const layOutDataFolder = (dataDir: string): DataFolder => ({
  configPath: join(dataDir, 'nats-server.conf'),
  logPath: join(dataDir, 'nats-server.log'),
  storeDir: dataDir,
  portsDir: join(dataDir, 'ports'),
  ownerPath: join(dataDir, 'owner.json'),
})

/**
 * Makes the folder ready for a new server: a server left over by an owner that was killed is ended, one with a living
 * owner is not touched.
 * @throws FleetError `hub.data-in-use` when another living process runs a server on this folder
 */
export const claimDataFolder = async (folder: DataFolder, say: (line: string) => void): Promise<void> => {
  const owner = await readOwner(folder)
  if (owner !== undefined && (await isServerOf(folder, owner.serverPid))) {
    if (isAlive(owner.ownerPid)) {
      throw new FleetError(
        'hub.data-in-use',
        `process ${owner.ownerPid} runs the hub on ${folder.storeDir}: stop it first, or choose another data folder`,
      )
    }
    say(`ending nats-server ${owner.serverPid}, left over by a start that was killed`)
    await endProcess(owner.serverPid)
  }
  await rm(folder.portsDir, { recursive: true, force: true })
  await mkdir(folder.portsDir, { recursive: true })
}

/** A new file every time: what is there already may be readable for others. */
export const writeServerConfig = async ({ configPath }: DataFolder, text: string): Promise<void> => {
  await rm(configPath, { force: true })
  await writeFile(configPath, text, { mode: 0o600, flag: 'wx' })
}

export const writeOwner = (folder: DataFolder, owner: Owner): Promise<void> =>
  writeFile(folder.ownerPath, `${JSON.stringify(owner)}\n`)

export const removeOwner = (folder: DataFolder): Promise<void> => rm(folder.ownerPath, { force: true })

/** @returns free bytes of the folder's disk plus what the store already holds */
export const measureAvailableBytes = async (folder: DataFolder): Promise<number> => {
  const { bavail, bsize } = await statfs(folder.storeDir)
  return bavail * bsize + (await measureFolder(join(folder.storeDir, 'jetstream')))
}

const readOwner = async (folder: DataFolder): Promise<Owner | undefined> => {
  try {
    const { ownerPid, serverPid } = JSON.parse(await readFile(folder.ownerPath, 'utf8')) as Partial<Owner>
    return Number.isInteger(ownerPid) && Number.isInteger(serverPid)
      ? { ownerPid: Number(ownerPid), serverPid: Number(serverPid) }
      : undefined
  } catch {
    return undefined
  }
}

/** A process id alone may have been given to another program since. */
const isServerOf = async (folder: DataFolder, pid: number): Promise<boolean> =>
  (await commandOf(pid)).includes(folder.configPath)

const endProcess = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGTERM')
  for (let waitedMs = 0; isAlive(pid); waitedMs += 20) {
    if (waitedMs === 5000) process.kill(pid, 'SIGKILL')
    await delay(20)
  }
}

const measureFolder = async (path: string): Promise<number> => {
  const names = await readdir(path, { recursive: true }).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(path, name)).then(
        (entry) => (entry.isFile() ? entry.blocks * 512 : 0),
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}
