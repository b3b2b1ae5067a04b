import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below those that the system gives to connections: none of these takes one before the program that it is for does. */
const RANGE = [15_000, 29_000] as const

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer().listen(port, '0.0.0.0')
  const isListening = await Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ]).catch(() => false)
  if (isListening) {
    server.close()
    await once(server, 'close')
  }
  return isListening
}

/** So many ports of this machine, all different and free now. */
export const freePorts = async (count: number): Promise<number[]> => {
  const found = new Set<number>()
  while (found.size < count) {
    const port = randomInt(...RANGE)
    if (!found.has(port) && (await isFree(port))) found.add(port)
  }
  return [...found]
}

/** One of them. */
export const freePort = async (): Promise<number> => (await freePorts(1))[0]
