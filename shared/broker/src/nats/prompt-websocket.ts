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
