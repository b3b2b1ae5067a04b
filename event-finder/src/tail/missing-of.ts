import { moveStreamName } from '@fleetlake/contracts'
import type { Missing } from './held-tail.ts'
import type { Gap } from './tail-lane.ts'

/** What of the messages `(after, through]` of a stream is not in hand. */
export interface NotInHand {
  readonly partition: number
  readonly after: number
  readonly through: number
  readonly gaps: readonly Gap[]
  /** Why the last ones are not, in a sentence; undefined when they are. */
  readonly short?: string | undefined
}

/** How many messages of the stretch some gaps have, and from where to where. */
const extentOf = (gaps: readonly Gap[], after: number, through: number) => {
  let [messages, first, last] = [0, Infinity, 0]
  for (const gap of gaps) {
    const [from, to] = [Math.max(gap.from, after + 1), Math.min(gap.to, through)]
    if (from > to) continue
    messages += to - from + 1
    first = Math.min(first, from)
    last = Math.max(last, to)
  }
  return { messages, first, last }
}

/** @returns nothing when there are none */
const tellLost = ({ messages, first, last }: ReturnType<typeof extentOf>): string[] => {
  if (messages === 0) return []
  const which = messages === last - first + 1 ? 'the messages' : `${messages} of the messages`
  return [`${which} ${first} to ${last} are missing from it and were not archived`]
}
const tellDamaged = ({ messages, first, last }: ReturnType<typeof extentOf>): string[] => {
  if (messages === 0) return []
  const stretch = messages === last - first + 1 ? 'the messages' : `${messages} of the messages`
  const which = messages === 1 ? `message ${first}` : `${stretch} ${first} to ${last}`
  return [`the bytes of ${which} are not those that were published`]
}

/** Invariant: of a stream one thing is told, whose length does not depend on how many messages are missing. */
export const missingOf = ({ partition, after, through, gaps, short }: NotInHand): Missing[] => {
  const of = (isDamaged: boolean) =>
    extentOf(
      gaps.filter((gap) => (gap.isDamaged ?? false) === isDamaged),
      after,
      through,
    )
  const reasons = [...(short === undefined ? [] : [short]), ...tellLost(of(false)), ...tellDamaged(of(true))]
  return reasons.length === 0 ? [] : [{ path: moveStreamName(partition), reason: reasons.join('; ') }]
}
