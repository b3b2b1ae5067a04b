import type { HeldTicket } from './held-ticket.ts'

/**
 * A websocket that has closed for its owner as soon as it is closed. Invariant: a client that gives up a server that hangs waits for nothing from
 * it; a plain websocket tells its end only after the closing handshake, or a minute without one.
 */
class PromptWebSocket extends WebSocket {
  #isTold = false

  override close(code?: number, reason?: string): void {
    super.close(code, reason)
    if (this.#isTold) return
    this.#isTold = true
    queueMicrotask(() => this.dispatchEvent(new CloseEvent('close', { wasClean: true })))
  }
}

/** A websocket factory of the NATS client. */
export const openPromptWebSocket = async (url: string): Promise<{ socket: WebSocket; encrypted: boolean }> => ({
  socket: new PromptWebSocket(url),
  encrypted: url.startsWith('wss:'),
})

/** The same, once there is a ticket to show. The client waits for a websocket and for nothing else: without a ticket it gets one that fails. */
export const openTicketedWebSocket =
  ({ renew }: Pick<HeldTicket, 'renew'>): typeof openPromptWebSocket =>
  async (url) =>
    (await renew()) ? openPromptWebSocket(url) : { socket: failingWebSocket(), encrypted: url.startsWith('wss:') }

/** Fails and closes as soon as its owner has its handlers in place. */
const failingWebSocket = (): WebSocket => {
  const socket: Partial<Pick<WebSocket, 'onerror' | 'onclose'>> & { close(): void; readonly bufferedAmount: number } = {
    bufferedAmount: 0,
    close: () => undefined,
  }
  setTimeout(() => {
    socket.onerror?.call(socket as WebSocket, new ErrorEvent('error'))
    socket.onclose?.call(socket as WebSocket, new CloseEvent('close', { wasClean: true }))
  })
  return socket as WebSocket
}
