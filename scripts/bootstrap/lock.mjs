import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'fs'
import { dirname } from 'path'

const pollMs = 100

/**
 * Takes a lock file, waiting while a living process holds it; one whose holders have all ended is taken over.
 * @returns share(pid) names another holder, e.g. a child that may outlive this process; release() gives the lock back
 */
export const takeLock = (path, onWait) => {
  mkdirSync(dirname(path), { recursive: true })
  if (tryTake(path)) {
    return Promise.resolve({
      share: (pid) => writeFileSync(path, process.pid + ' ' + pid),
      release: () => rmSync(path, { force: true }),
    })
  }
  onWait()
  return new Promise((resolve) => setTimeout(resolve, pollMs)).then(() => takeLock(path, () => {}))
}

const tryTake = (path) => {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const holders = readHolders(path)
  if (holders === undefined || holders.some(isAlive)) return false
  // Only one of several that see it abandoned can rename it away; the next round decides who takes it.
  const abandoned = path + '.' + process.pid
  try {
    renameSync(path, abandoned)
    rmSync(abandoned, { force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  return false
}

/** undefined while the file is gone or being written */
const readHolders = (path) => {
  try {
    const pids = readFileSync(path, 'utf8').split(' ').map(Number)
    return pids.every((pid) => pid > 0) ? pids : undefined
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
