import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** One that was free a moment ago: a provider has to know the address before what is there has started. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
