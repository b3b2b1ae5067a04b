import { once } from 'node:events'
import { connect } from 'node:net'

/** A client of the hub that sends any bytes, with its own implementation of the protocol. */
export interface RawClient {
  publish(message: { subject: string; reply?: string; headers: string; payload: Uint8Array }): void
  /** Resolves once the server has taken all that was said. */
  flush(): Promise<void>
  close(): void
}

export const connectRaw = async (url: string): Promise<RawClient> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const errors: string[] = []
  let pongs = 0
  socket.setMaxListeners(0)
  socket.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('PING')) socket.write('PONG\r\n')
    errors.push(...(text.match(/-ERR.*/g) ?? []))
    pongs += text.match(/PONG/g)?.length ?? 0
    socket.emit('heard')
  })
  socket.write('CONNECT {"verbose":false,"headers":true,"no_responders":true,"protocol":1}\r\n')
  let pings = 0
  /** Something came, or the connection has ended. */
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      for (const event of ['heard', 'close']) socket.once(event, () => resolve())
    })
  return {
    publish: ({ subject, reply = '', headers, payload }) => {
      const head = Buffer.from(`NATS/1.0\r\n${headers}\r\n`)
      socket.write(`HPUB ${subject} ${reply} ${head.length} ${head.length + payload.length}\r\n`)
      socket.write(head)
      socket.write(payload)
      socket.write('\r\n')
    },
    flush: async () => {
      pings++
      socket.write('PING\r\n')
      while (pongs < pings && !socket.closed) await next()
      if (pongs < pings) throw new Error(`the server has ended the connection: ${errors.join()}`)
    },
    close: () => socket.destroy(),
  }
}
