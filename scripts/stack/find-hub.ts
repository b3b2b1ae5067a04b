import { connect } from 'node:net'
import { once } from 'node:events'
import { hubPortOf } from '@fleetlake/contracts'
import { findNatsServer } from '@fleetlake/nats-server'

/** How a stack comes to its hub: it starts one on a port, or uses one that runs. */
export type HubChoice = { hubPort: number } | { hubUrl: string }

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** A hub elsewhere is used; so is one that answers here when this machine has no nats-server, e.g. one in a container. */
export const chooseHub = async (url: string): Promise<HubChoice> => {
  const hubPort = hubPortOf(url)
  if (!loopback.has(new URL(url).hostname)) return { hubUrl: url }
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
