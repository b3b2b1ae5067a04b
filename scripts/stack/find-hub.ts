import { connect } from 'node:net'
import { once } from 'node:events'
import { findNatsServer } from '@fleetlake/nats-server'

/** How a stack comes to its hub: it starts one on a port, or uses one that runs. */
export type HubChoice = { hubPort: number } | { hubUrl: string }

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]'])
const usualPort = 4222

/** A hub elsewhere is used; so is one that answers here when this machine has no nats-server, e.g. one in a container. */
export const chooseHub = async (url: string): Promise<HubChoice> => {
  const { hostname, port } = new URL(url)
  const hubPort = Number(port || usualPort)
  if (!loopback.has(hostname)) return { hubUrl: url }
  const isElsewhere = (await findNatsServer()) === undefined && (await answers(hubPort))
  return isElsewhere ? { hubUrl: url } : { hubPort }
}

const answers = async (port: number): Promise<boolean> => {
  const socket = connect({ host: '127.0.0.1', port })
  try {
    const [greeting] = await once(socket, 'data')
    return String(greeting).startsWith('INFO ')
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
