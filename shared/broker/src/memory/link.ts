/** The two ways of a connection. Invariant: what is sent one way arrives in order, or, once the connection breaks, not at all. */
export interface Link {
  toServer(arrive: () => void): void
  toClient(arrive: () => void): void
  /** What is on the way is lost. */
  cut(): void
  /** While a server is frozen what comes to it waits. */
  hold(isHeld: boolean): void
}

/** How long a message takes each way, ms; at the next turn of the event loop when missing. */
export type Latency = (to: 'server' | 'client') => number

interface Way {
  send(arrive: () => void): void
  clear(): void
  hold(isHeld: boolean): void
}

const createWay = (latencyMs: (() => number) | undefined): Way => {
  let queue: { readonly dueMs: number; readonly arrive: () => void }[] = []
  let isScheduled = false
  let isHeld = false
  let lastMs = 0

  const schedule = (): void => {
    if (isScheduled || isHeld || queue.length === 0) return
    isScheduled = true
    if (latencyMs === undefined) setImmediate(arriveAll)
    else setTimeout(arriveAll, Math.max(0, queue[0].dueMs - performance.now()))
  }
  const arriveAll = (): void => {
    isScheduled = false
    const nowMs = performance.now()
    while (!isHeld && queue.length > 0 && queue[0].dueMs <= nowMs) queue.shift()!.arrive()
    schedule()
  }
  return {
    send: (arrive) => {
      lastMs = Math.max(lastMs, latencyMs === undefined ? 0 : performance.now() + latencyMs())
      queue.push({ dueMs: lastMs, arrive })
      schedule()
    },
    clear: () => {
      queue = []
    },
    hold: (held) => {
      isHeld = held
      schedule()
    },
  }
}

export const createLink = (latency?: Latency): Link => {
  const toServer = createWay(latency && (() => latency('server')))
  const toClient = createWay(latency && (() => latency('client')))
  return {
    toServer: toServer.send,
    toClient: toClient.send,
    cut: () => {
      toServer.clear()
      toClient.clear()
    },
    hold: toServer.hold,
  }
}
