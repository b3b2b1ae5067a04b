import { codeField, FleetError, reasonOf } from '@fleetlake/core'
import type { Told } from '../facts.ts'

/**
 * What something comes to, or why it does not, within a time: nothing that hangs keeps the other checks waiting.
 * @param doing for people, after "it took longer than 5 s to"
 */
export const attempt = async <Value>(
  doing: string,
  timeoutMs: number,
  act: (signal: AbortSignal) => Promise<Value>,
): Promise<Told<Value>> => {
  const aborter = new AbortController()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new FleetError('service.failed', `it took longer than ${timeoutMs / 1_000} s to ${doing}`))
    aborter.abort()
  }, timeoutMs)
  try {
    return { isKnown: true, value: await Promise.race([act(aborter.signal), late.promise]) }
  } catch (error) {
    return { isKnown: false, reason: reasonOf(error), ...codeField(error) }
  } finally {
    clearTimeout(timer)
  }
}

/** What is known of the value that another is made from. */
export const whenKnown = async <From, Value>(
  from: Told<From>,
  act: (value: From) => Promise<Told<Value>>,
): Promise<Told<Value>> => (from.isKnown ? act(from.value) : from)
