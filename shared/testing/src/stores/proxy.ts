import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * What happens to a connection:
 * - freeze: nothing passes any more, and neither side is told.
 * - cut-request: it breaks once this number of bytes has gone to the server.
 * - cut-answer: it breaks once this number of bytes has come back; 0 lets the server do its work, and the client gets no answer.
 * - answer: this text is the answer and the server never hears of it.
 * - delay: all that the server answers comes this much later, on every connection until it is ended.
 */
export type Trouble =
  | { readonly kind: 'freeze' }
  | { readonly kind: 'cut-request'; readonly afterBytes: number }
  | { readonly kind: 'cut-answer'; readonly afterBytes: number }
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'delay'; readonly ms: number }

export interface TestProxy {
  readonly port: number
  /** Times that trouble was made. */
  readonly troubles: number
  /** Makes this trouble the next `times` times, on open connections too, then lets everything pass; 0 ends it. */
  make(trouble: Trouble, times?: number): void
  stop(): Promise<void>
}

/** A TCP proxy on the loopback that makes trouble when it is told to. */
export const startTestProxy = async (targetPort: number): Promise<TestProxy> => {
  const sockets = new Set<Socket>()
  let trouble: Trouble | undefined
  let left = 0
  let troubles = 0

  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    return socket.on('close', () => sockets.delete(socket))
  }
  const join = (client: Socket): void => {
    const server = keep(connect(targetPort, '127.0.0.1'))
    let [sent, received, isFrozen, isMuted] = [0, 0, false, false]
    let [countedFor, isBroken] = [trouble, false]
    /** Counts it once a connection; the last one ends it. */
    const use = (): void => {
      troubles++
      if (--left <= 0) trouble = undefined
    }
    const breakOff = (): void => {
      if (isBroken) return
      isBroken = true
      use()
      client.destroy()
      server.destroy()
    }
    let late = 0
    let lateWrites = Promise.resolve()
    /** In order, also when the line gets fast again. */
    const writeLate = (bytes: Buffer, ms: number): void => {
      late++
      const due = delay(ms)
      lateWrites = lateWrites.then(async () => {
        await due
        client.write(bytes)
        late--
      })
    }
    const recount = (): void => {
      if (countedFor === trouble) return
      countedFor = trouble
      sent = 0
      received = 0
    }
    client.on('data', (bytes: Buffer) => {
      recount()
      if (isFrozen || isMuted) return
      if (trouble?.kind === 'freeze') {
        isFrozen = true
        return use()
      }
      if (trouble?.kind === 'answer') {
        isMuted = true
        client.end(trouble.text)
        return use()
      }
      if (trouble?.kind === 'cut-request' && sent + bytes.length > trouble.afterBytes) {
        server.write(bytes.subarray(0, trouble.afterBytes - sent), breakOff)
        return
      }
      sent += bytes.length
      server.write(bytes)
    })
    server.on('data', (bytes: Buffer) => {
      recount()
      if (isFrozen) return
      if (trouble?.kind === 'delay' || late > 0) return writeLate(bytes, trouble?.kind === 'delay' ? trouble.ms : 0)
      if (trouble?.kind === 'cut-answer' && received + bytes.length > trouble.afterBytes) {
        client.write(bytes.subarray(0, trouble.afterBytes - received), breakOff)
        return
      }
      received += bytes.length
      client.write(bytes)
    })
    client.on('close', () => server.destroy())
    server.on('close', () => {
      if (!isFrozen) void lateWrites.then(() => client.destroy())
    })
  }

  const listener = createServer((client) => join(keep(client))).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as { port: number }).port,
    get troubles() {
      return troubles
    },
    make: (next, times = 1) => {
      trouble = times > 0 ? { ...next } : undefined
      left = times
    },
    stop: async () => {
      listener.close()
      for (const socket of sockets) socket.destroy()
      await once(listener, 'close')
    },
  }
}
