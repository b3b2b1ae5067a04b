import { spawn } from 'child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs'
import { dirname, join } from 'path'
import { hashInputs } from './inputs.mjs'
import { takeLock } from './lock.mjs'

export const pnpm = 'pnpm@12.21.0'
const unreachable =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network/i

/**
 * Installs the packages when what decides them has changed since the last complete installation, and else does nothing:
 * no process, no network. Of two at once, one installs and the other waits.
 * Fails with one line that says what to do when no registry can be reached.
 */
export const ensureInstalled = (root, say) => {
  if (isInstalled(root)) return Promise.resolve()
  return takeLock(join(root, '.fleetlake', 'install.lock'), () => say('Waiting for another installation …')).then(
    (lock) => {
      const release = () => lock.release()
      process.once('exit', release)
      return (isInstalled(root) ? Promise.resolve() : install(root, lock, say)).then(
        () => {
          release()
        },
        (error) => {
          release()
          throw error
        },
      )
    },
  )
}

const stampOf = (root) => join(root, 'node_modules', '.fleetlake-install')

const isInstalled = (root) => {
  const stamp = stampOf(root)
  return (
    existsSync(stamp) &&
    existsSync(join(root, 'node_modules', '.bin', 'node')) &&
    readFileSync(stamp, 'utf8') === hashInputs(root)
  )
}

/** The stamp goes first and comes back last: an interrupted installation is done again. */
const install = (root, lock, say) => {
  const stamp = stampOf(root)
  const hash = hashInputs(root)
  rmSync(stamp, { force: true })
  const startedAt = Date.now()
  say('Installing packages, this is needed only once …')
  return runPnpm(root, lock).then(() => {
    mkdirSync(dirname(stamp), { recursive: true })
    writeFileSync(stamp, hash)
    say('Installed in ' + Math.round((Date.now() - startedAt) / 1000) + ' s')
  })
}

const runPnpm = (root, lock) =>
  new Promise((resolve, reject) => {
    const settings = { npm_config_fetch_retries: '1', npm_config_fetch_retry_mintimeout: '1000', CI: 'true' }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    let interrupted = false
    // The whole group, since npx does not pass signals on; the lock is kept until all of it has ended.
    const stop = (signal) => {
      interrupted = true
      process.kill(-child.pid, signal)
    }
    // Before there is anything that a signal could leave behind.
    signals.forEach((signal) => process.once(signal, stop))
    const child = spawn('npx', ['--yes', pnpm, 'install', '--frozen-lockfile'], {
      cwd: root,
      env: Object.assign(settings, process.env),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('spawn', () => lock.share(child.pid))
    child.on('error', (error) => reject(new Error("npx can't be run, install npm: " + error.message)))
    child.on('close', (code) => {
      if (interrupted) reject(new Error('Interrupted; the next run installs again.'))
      else if (code === 0) resolve()
      else reject(new Error(explain(Buffer.concat(chunks).toString())))
    })
    child.once('close', () => {
      signals.forEach((signal) => process.removeListener(signal, stop))
    })
  })

const explain = (output) =>
  unreachable.test(output)
    ? 'No package registry can be reached: connect to the network, or name a registry with `npm config set registry <url>`, and run this again.'
    : 'Installing failed:\n' + output.trim().split('\n').slice(-15).join('\n')
