import { generationOptions, type Message, type MessageInput, subjects } from '@fleetlake/contracts'
import { FleetError, sleep } from '@fleetlake/core'
import type { ListenOptions, MessageHub, Received } from '../connection/hub.ts'
import { randomToken } from '../connection/random-token.ts'

const REPEAT_MS = 500
const SILENT_MS = 10_000

export interface RunGenerationOptions {
  readonly onProgress?: (progress: Message<'generationProgress'>) => void
  /** Aborted: the run is stopped, and its stats say so. */
  readonly signal?: AbortSignal
  /** How long to look for a generator. Default: 10 s. */
  readonly waitMs?: number
}

/**
 * Has the generators make a run. Asks again while there is no generator; never when one may have heard it, since a run that
 * is begun twice is two runs.
 * @returns how it ended; a run that is refused or fails is an outcome, with `error`
 * @throws FleetError `generation.refused` for options that are not valid, `generation.unanswered` when no generator is running,
 *   when the one that leads the run has said nothing for 10 s, and when aborted before one was found
 */
export const runGeneration = async (
  hub: MessageHub,
  options: MessageInput<'startGeneration'>['options'],
  { onProgress, signal, waitMs = 10_000 }: RunGenerationOptions = {},
): Promise<Message<'generationStats'>> => {
  const run = randomToken()
  const start = { run, options: checked(options) }
  const inbox = hub.inbox(run)
  const ended = new AbortController()
  const beganMs = performance.now()
  let heardMs = beganMs
  let [isLed, isUnheard] = [false, false]
  let stats: Message<'generationStats'> | undefined

  const send = (): void => {
    isUnheard = false
    heardMs = performance.now()
    hub.send('startGeneration', subject, start, { reply: inbox })
  }
  /** The server tells one of the subscriptions only, either. */
  const unheard: ListenOptions = { onInvalid: (_, raw) => (isUnheard ||= raw.isUnheard) }
  const tell = ({ data }: Received<'generationProgress'>): void => {
    isLed = true
    heardMs = performance.now()
    onProgress?.(data)
  }
  const finish = ({ data }: Received<'generationStats'>): void => {
    stats = data
    ended.abort()
  }
  const subject = subjects.startGeneration(hub.person)
  let isAllowed = true
  const stopHearingRefusals = hub.control.onRefused((refused) => {
    if (refused !== subject) return
    isAllowed = false
    ended.abort()
  })
  const progress = hub.listen('generationProgress', inbox, tell, unheard)
  const end = hub.listen('generationStats', inbox, finish, unheard)
  const stop = (): void => hub.send('stopGeneration', subjects.stopGeneration(hub.person), { run })
  const onAbort = (): void => (isLed ? stop() : ended.abort())

  signal?.addEventListener('abort', onAbort)
  try {
    if (signal?.aborted !== true) send()
    for (;;) {
      if (signal?.aborted === true && !isLed) {
        stop()
        throw new FleetError('generation.unanswered', 'stopped before a generator had answered')
      }
      await sleep(REPEAT_MS, ended.signal)
      const nowMs = performance.now()
      // Without a connection nothing can be heard: that is no silence of the generators.
      if (hub.status().state !== 'connected') heardMs = nowMs
      if (!isAllowed)
        throw new FleetError(
          'generation.refused',
          'your role does not let you have vehicles generated: who keeps the accounts can give you another',
        )
      if (stats !== undefined) return stats
      if (signal?.aborted === true && isLed) stop()
      if (isUnheard && nowMs - beganMs > waitMs) {
        throw new FleetError(
          'generation.unanswered',
          'no generator is running: start one with `npm start` or `node event-generator/src/main.ts`',
        )
      }
      if (isUnheard) send()
      else if (nowMs - heardMs > SILENT_MS) throw silence(run, isLed, hub)
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    stopHearingRefusals()
    await Promise.all([progress.close(), end.close()])
  }
}

const checked = (options: MessageInput<'startGeneration'>['options']): Message<'startGeneration'>['options'] => {
  const result = generationOptions.safeParse(options)
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the options'}: ${message}`)
  throw new FleetError('generation.refused', faults.join('; '))
}

const silence = (run: string, isLed: boolean, hub: MessageHub): FleetError => {
  const who = isLed ? 'the generator that leads' : 'the generator that was asked for'
  const seconds = SILENT_MS / 1000
  const { state, reason } = hub.status()
  return new FleetError(
    'generation.unanswered',
    state === 'connected'
      ? `${who} run ${run} has said nothing for ${seconds} s: it may have died; what it has published stays`
      : `no word of run ${run} for ${seconds} s, the hub is ${state}${reason === undefined ? '' : ` (${reason})`}: the run may go on`,
  )
}
