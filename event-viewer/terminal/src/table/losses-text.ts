import type { KnownLoss } from '@fleetlake/archive'
import { humanTime } from '@fleetlake/viewer-core'

const instant = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString())

/** A loss for machines. */
export const lossFacts = ({ firstStored, lastStored, toldAt, to, settled, ...loss }: KnownLoss): object => ({
  ...loss,
  to: to ?? null,
  messages: to === undefined ? null : to - loss.from + 1,
  firstStored: instant(firstStored),
  lastStored: instant(lastStored),
  toldAt: instant(toldAt),
  settled: settled === undefined ? null : { ...settled, at: instant(settled.at) },
})

const messagesOf = ({ from, to }: KnownLoss): string =>
  to === undefined ? `beyond message ${from - 1}, if there were any` : `messages ${from}–${to}`

/** Losses for people, a line each. */
export const linesOfLosses = (losses: readonly KnownLoss[]): string[] =>
  losses.map((loss) => {
    const { id, stream, firstStored, lastStored, settled } = loss
    const since = firstStored === undefined ? 'before' : `${humanTime(firstStored)} to`
    const note = settled === undefined ? '' : `  settled ${humanTime(settled.at)} by ${settled.by}: ${settled.note}`
    const line = `${id}  ${stream}  ${messagesOf(loss)}  stored ${since} ${humanTime(lastStored)}${note}`
    return line.replaceAll(/\p{Cc}/gu, '?')
  })
