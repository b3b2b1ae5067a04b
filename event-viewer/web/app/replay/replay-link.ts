import type { Gap } from '@fleetlake/viewer-core'
import { readGap, writeGap } from '../search/address/gap-code.ts'
import { SPEEDS } from './clock/replay-clock.ts'

/** What the page's address holds of a replay, beside the search. */
export interface ReplayLink {
  /** ms since the epoch */
  readonly time?: number
  readonly speed?: number
  /** The id of the vehicle that is followed. */
  readonly follow?: string
  /** What is a gap; automatic, or as it was chosen, when missing. */
  readonly gap?: Gap
}

/** Parameters of an address; a parameter without a value is null, one that is there twice a list. */
export type Query = Readonly<Record<string, string | null | (string | null)[] | undefined>>

const textOf = (value: Query[string]): string | undefined => (typeof value === 'string' ? value : undefined)

/** Reads what it can; what makes no sense is as if it were not there. */
export const readReplayLink = ({ t, x, follow, gap }: Query): ReplayLink => {
  const time = Date.parse(textOf(t) ?? '')
  const speed = Number(textOf(x))
  const id = textOf(follow)
  return {
    ...(Number.isNaN(time) ? {} : { time }),
    ...(SPEEDS.includes(speed) ? { speed } : {}),
    ...(id === undefined || id === '' ? {} : { follow: id }),
    ...(gap === undefined ? {} : { gap: readGap({ gap }) }),
  }
}

/** The parameters of a link; undefined takes one away. */
export const writeReplayLink = ({
  time,
  speed,
  follow,
  gap,
}: ReplayLink): Record<'t' | 'x' | 'follow' | 'gap', string | undefined> => ({
  t: time === undefined ? undefined : new Date(Math.round(time)).toISOString(),
  x: speed === undefined ? undefined : String(speed),
  follow,
  ...writeGap(gap ?? 'automatic'),
})
