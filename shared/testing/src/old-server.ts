import { access } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { fetchDebianServer, hasApt } from '@fleetlake/nats-server'

const path = fileURLToPath(new URL('../.fleetlake/nats-2.9.10/nats-server', import.meta.url))

/**
 * The nats-server of Debian 12, 2.9.10, with faults that are mended since. It is fetched once and stays.
 * @throws Error in apt's words, or that there is no apt
 */
export const provideOldServer = async (): Promise<string> => {
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (!isThere && !(await hasApt()))
    throw new Error('nats-server 2.9.10 comes from Debian, and this machine has no apt')
  if (!isThere) await fetchDebianServer('bookworm', path)
  return path
}
