import { duration } from '@fleetlake/contracts'
import type { Gap } from '@fleetlake/viewer-core'
import { durationText } from './period-code.ts'

/** A longer one could not be drawn. */
export const MAX_GAP_MS = 5 * 86_400_000

type Value = string | null | readonly (string | null)[] | undefined

/** The parameter `gap` of an address; an invalid one is ignored. */
export const readGap = ({ gap }: Readonly<Record<string, Value>>): Gap => {
  const ms = typeof gap === 'string' ? duration.safeParse(gap).data : undefined
  return ms !== undefined && ms >= 1 && ms <= MAX_GAP_MS ? Math.round(ms) : 'automatic'
}

/** The parameter; undefined takes it away. */
export const writeGap = (gap: Gap): { gap: string | undefined } => ({
  gap: gap === 'automatic' ? undefined : durationText(gap),
})
