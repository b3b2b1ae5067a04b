/**
 * What is to be stored in one partition: decides what is sent when. No input or output; time is data (ms of a monotonic
 * clock). Messages go out in order, a window of bytes at a time. After anything but an acknowledgement the queue lets the
 * window run empty, waits, and tries its first message alone: so the order is kept as far as the server allows.
 */
export interface QueuedMove {
  readonly n: number
  /** By which the stream recognises it. */
  readonly id: string
  readonly header: Uint8Array
  readonly payload: Uint8Array
  readonly rows: number
}

/** The connection that an attempt went over. */
export interface Route {
  readonly connection: number
  /** The server's id, which changes when it is restarted; undefined in a cluster, where a dead connection's server may live on. */
  readonly server: string | undefined
}

interface Attempt extends Route {
  readonly at: number
}

interface Entry extends QueuedMove {
  attempts: number
  sentAt: number
  /** Those whose outcome is not known, oldest first: until when the same id may be sent is counted from the first. */
  unsettled: Attempt[]
}

export interface Sending extends QueuedMove {
  readonly attempt: number
}

export interface QueueOptions {
  /** Bytes sent and not yet answered. */
  readonly windowBytes: number
  readonly duplicateWindowMs: number
}

export interface MoveQueue {
  add(move: QueuedMove): void
  /** The next message to send, if any may be sent now. */
  take(nowMs: number, route: Route): Sending | undefined
  /** @returns the message, or undefined when it was not waited for */
  stored(n: number): QueuedMove | undefined
  /** A definite no. */
  rejected(n: number, attempt: number, nowMs: number, route: Route): void
  /** The outcome of all that is on the way is unknown. */
  disconnected(): void
  /** Attempts without an answer in time become unknown. @returns whether there were any */
  expire(nowMs: number): boolean
  /** Takes out what may not be repeated any more, since the server is about to forget its id. */
  takeUnknown(nowMs: number): QueuedMove[]
  /** Of the queue, on the way or not. */
  bytes(): number
  length(): number
  /** Waits before the next attempt. */
  isHeldUp(): boolean
}

const MARGIN_MS = 10_000
const ACK_TIMEOUT_MS = 5_000
const LONGEST_ACK_TIMEOUT_MS = 30_000
const FIRST_BACKOFF_MS = 20
const LONGEST_BACKOFF_MS = 500
/** However small they are. */
const WINDOW_MESSAGES = 1_000

const sizeOf = ({ header, payload }: QueuedMove): number => header.length + payload.length

export const createMoveQueue = ({ windowBytes, duplicateWindowMs }: QueueOptions): MoveQueue => {
  const repeatableMs = duplicateWindowMs - Math.min(MARGIN_MS, duplicateWindowMs / 2)
  const onTheWay = new Map<number, Entry>()
  /** To be sent again; `order` names them, the next one last, once it is sorted. */
  const again = new Map<number, Entry>()
  let order: number[] = []
  let isSorted = true
  /** Never sent, by n; those before `freshFrom` are gone. */
  let fresh: (Entry | undefined)[] = []
  let freshFrom = 0
  let bytes = 0
  let bytesOnTheWay = 0
  let heldUp = false
  /** The message that is tried alone. */
  let probe: number | undefined
  let backoffMs = FIRST_BACKOFF_MS
  let notBefore = 0

  const shiftFresh = (): Entry | undefined => {
    const entry = fresh[freshFrom]
    if (entry === undefined) return undefined
    fresh[freshFrom++] = undefined
    if (freshFrom === fresh.length || freshFrom > 1_024) {
      fresh = fresh.slice(freshFrom)
      freshFrom = 0
    }
    return entry
  }
  const takeBack = (entries: readonly Entry[]): void => {
    for (const entry of entries) {
      onTheWay.delete(entry.n)
      bytesOnTheWay -= sizeOf(entry)
      again.set(entry.n, entry)
      order.push(entry.n)
    }
    isSorted = false
    probe = undefined
  }
  /** The first message that is to be sent again. */
  const firstAgain = (): Entry | undefined => {
    if (again.size === 0) {
      order = []
      return undefined
    }
    if (!isSorted) order.sort((a, b) => b - a)
    isSorted = true
    while (!again.has(order[order.length - 1])) order.pop()
    return again.get(order[order.length - 1])
  }
  const holdUp = (nowMs: number): void => {
    // Once for all the answers that belong to one window.
    if (heldUp && nowMs < notBefore) return
    notBefore = nowMs + backoffMs
    backoffMs = Math.min(2 * backoffMs, LONGEST_BACKOFF_MS)
    heldUp = true
  }
  const mayNotRepeat = ({ unsettled }: Entry, nowMs: number): boolean =>
    unsettled.length > 0 && nowMs - unsettled[0].at >= repeatableMs

  return {
    add: (move) => {
      fresh.push({ ...move, attempts: 0, sentAt: 0, unsettled: [] })
      bytes += sizeOf(move)
    },
    take: (nowMs, route) => {
      if (heldUp && (onTheWay.size > 0 || nowMs < notBefore)) return undefined
      if (bytesOnTheWay >= windowBytes || onTheWay.size >= WINDOW_MESSAGES) return undefined
      const first = firstAgain()
      if (first !== undefined && mayNotRepeat(first, nowMs)) return undefined
      const entry = first ?? shiftFresh()
      if (entry === undefined) return undefined
      again.delete(entry.n)
      if (heldUp) probe = entry.n
      entry.attempts++
      entry.sentAt = nowMs
      entry.unsettled.push({ ...route, at: nowMs })
      onTheWay.set(entry.n, entry)
      bytesOnTheWay += sizeOf(entry)
      const { n, id, header, payload, rows, attempts } = entry
      return { n, id, header, payload, rows, attempt: attempts }
    },
    stored: (n) => {
      let entry = onTheWay.get(n)
      if (entry !== undefined) {
        onTheWay.delete(n)
        bytesOnTheWay -= sizeOf(entry)
      } else {
        // The answer to an attempt that was given up.
        entry = again.get(n)
        if (entry === undefined) return undefined
        again.delete(n)
      }
      bytes -= sizeOf(entry)
      if (n === probe) {
        heldUp = false
        probe = undefined
        backoffMs = FIRST_BACKOFF_MS
      }
      return entry
    },
    rejected: (n, attempt, nowMs, route) => {
      const entry = onTheWay.get(n) ?? again.get(n)
      if (entry === undefined || entry.attempts !== attempt) return
      // Earlier attempts over the same connection were handled before this one; a server that is gone handles none.
      entry.unsettled = entry.unsettled.filter(
        ({ connection, server }) =>
          connection !== route.connection && (server === undefined || server === route.server),
      )
      if (onTheWay.has(n)) takeBack([entry])
      holdUp(nowMs)
    },
    disconnected: () => {
      if (onTheWay.size === 0) return
      takeBack([...onTheWay.values()])
      heldUp = true
      notBefore = 0
    },
    expire: (nowMs) => {
      const isLate = ({ sentAt, attempts }: Entry): boolean =>
        nowMs - sentAt >= Math.min(ACK_TIMEOUT_MS * attempts, LONGEST_ACK_TIMEOUT_MS)
      const [oldest] = onTheWay.values()
      if (oldest === undefined || !isLate(oldest)) return false
      const late = [...onTheWay.values()].filter(isLate)
      takeBack(late)
      holdUp(nowMs)
      return true
    },
    takeUnknown: (nowMs) => {
      const unknown = [...again.values()].filter((entry) => mayNotRepeat(entry, nowMs))
      for (const entry of unknown) {
        again.delete(entry.n)
        bytes -= sizeOf(entry)
      }
      return unknown
    },
    bytes: () => bytes,
    length: () => onTheWay.size + again.size + fresh.length - freshFrom,
    isHeldUp: () => heldUp,
  }
}
