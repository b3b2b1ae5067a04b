import { isoFormat } from './iso-time.ts'
import { formatOfPattern } from './time-pattern.ts'
import type { TimeFormat } from './written-time.ts'

/** How the texts of times are written. */
export type TextTime = { readonly kind: 'iso' } | { readonly kind: 'pattern'; readonly pattern: string }

/**
 * A time of day in a field of its own, as a number, has lost its zeros in front: by the pattern it is known how many digits it has.
 */
const paddedTo =
  (digits: number, format: TimeFormat): TimeFormat =>
  (text) =>
    format(text.replace(/ (\d+)$/, (_, last: string) => ` ${last.padStart(digits, '0')}`))

/** @throws FleetError `usage.invalid` for a pattern that can't be */
export const formatOfTexts = (form: TextTime): TimeFormat => {
  if (form.kind === 'iso') return isoFormat
  const [, clock] = / (HHmmss|HHmm)$/.exec(form.pattern) ?? []
  const format = formatOfPattern(form.pattern)
  return clock === undefined ? format : paddedTo(clock.length, format)
}
