import { once } from 'node:events'
import { createServer, request as ask } from 'node:http'

/** A request that passed: its method, and its address below the server, with what was asked. */
export interface CountedRequest {
  readonly method: string
  readonly url: string
  /** Of the answer; undefined until it comes. */
  readonly status: number | undefined
}

export interface RequestCounter {
  readonly port: number
  /** In the order in which they came. */
  readonly requests: readonly CountedRequest[]
  stop(): Promise<void>
}

/** A proxy on the loopback before an HTTP server there: all passes as it is, signed hosts too, and is written down. */
export const countRequests = async (targetPort: number): Promise<RequestCounter> => {
  const requests: { -readonly [Key in keyof CountedRequest]: CountedRequest[Key] }[] = []
  const server = createServer((given, answer) => {
    const { method = '', url = '', headers } = given
    const counted = { method, url, status: undefined as number | undefined }
    requests.push(counted)
    const passed = ask({ host: '127.0.0.1', port: targetPort, method, path: url, headers }, (told) => {
      counted.status = told.statusCode
      answer.writeHead(told.statusCode ?? 502, told.headers)
      told.pipe(answer)
    })
    passed.on('error', () => answer.destroy())
    given.pipe(passed)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    requests,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
