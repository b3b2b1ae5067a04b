import { type Broker, type StoredMessage, untilAnswered } from '@fleetlake/broker'

export interface ReadThroughOptions {
  readonly stream: string
  /** The sequence to read from. Default: the first. */
  readonly from?: number
  /** The sequence to read to, inclusive. */
  readonly last: number
  readonly askBytes: number
}

/**
 * The messages that a stream holds from one sequence to another, in order, each once; reading goes on over a lost connection. What was deleted meanwhile is left out.
 * @throws FleetError `hub.closed`; BrokerError `stream-missing`
 */
export async function* readThrough(
  { control, streams }: Broker,
  { stream, from = 1, last, askBytes }: ReadThroughOptions,
): AsyncGenerator<StoredMessage> {
  let read = from - 1
  for (;;) {
    const queue: StoredMessage[] = []
    let [delivered, isLost, hasEnded] = [0, false, false]
    let wake = (): void => undefined
    const cursor = await untilAnswered(control, () =>
      streams.openCursor(stream, {
        from: read + 1,
        askBytes,
        onMessage: (message, count) => {
          isLost ||= count !== ++delivered
          if (!isLost) queue.push({ ...message, subject: message.subject, data: message.data.slice() })
          wake()
        },
        onAskEnd: () => {
          hasEnded = true
          wake()
        },
        onGone: () => {
          isLost = true
          wake()
        },
      }),
    )
    const watching = setInterval(() => {
      isLost ||= cursor.isSilent(performance.now())
      wake()
    }, 250)
    try {
      while (!isLost) {
        hasEnded = false
        const before = read
        cursor.ask()
        while (!isLost && (!hasEnded || queue.length > 0)) {
          const next = queue.shift()
          if (next === undefined) {
            await new Promise<void>((resolve) => {
              wake = resolve
            })
            continue
          }
          read = next.sequence
          if (read <= last) yield next
          if (read >= last) return
        }
        // Nothing is left up to there.
        if (!isLost && read === before) return
      }
    } finally {
      clearInterval(watching)
      cursor.close()
    }
  }
}
